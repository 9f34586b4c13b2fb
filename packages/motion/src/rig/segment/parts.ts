/** Names of the six parts a figure is divided into. */

import type { Limb } from '../../model/character.ts';

export const PART = {
  torso: 0,
  head: 1,
  leftArm: 2,
  rightArm: 3,
  leftLeg: 4,
  rightLeg: 5,
} as const;

export const PART_COUNT = 6;
/** Label of a pixel that belongs to no part. */
export const NO_PART = -1;

export type Side = 'left' | 'right';
export const SIDES = ['left', 'right'] as const;

export function isArm(limb: Limb): boolean {
  return limb === 'leftArm' || limb === 'rightArm';
}

export function sideOf(limb: Limb): Side {
  return limb.startsWith('left') ? 'left' : 'right';
}
