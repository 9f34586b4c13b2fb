/** The two scenes of the samples: who is seen, in which room, under which light. */

import type { Camera } from './camera.ts';
import { aimAtDancer } from './dance.ts';
import { type Lighting, STAGE_LIGHT, STUDIO_LIGHT } from './light.ts';
import { CHARACTER, type Look, PERFORMER } from './looks.ts';
import { aimAtCharacter } from './stand.ts';
import type { Ground } from './trace.ts';

export type Setting = {
  look: Look;
  room: 'stage' | 'studio';
  light: Lighting;
  ground: Ground;
  aim: (width: number, height: number) => Camera;
};

export const STAGE: Setting = {
  look: CHARACTER,
  room: 'stage',
  light: STAGE_LIGHT,
  ground: { shadowTint: [0.3, 0.26, 0.28], mirror: 0.18, wallZ: -1.5 },
  aim: aimAtCharacter,
};

export const STUDIO: Setting = {
  look: PERFORMER,
  room: 'studio',
  light: STUDIO_LIGHT,
  ground: { shadowTint: [0.5, 0.48, 0.5], mirror: 0.06, wallZ: -1.5 },
  aim: aimAtDancer,
};
