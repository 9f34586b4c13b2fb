/** How the character of the picture stands: a relaxed A-pose, so that every limb can be found. */
import type { Camera } from './camera.ts';
import { makeCamera } from './camera.ts';
import type { Pose } from './skeleton.ts';

export const STANDING: Pose = {
  hips: [0.006, -0.006, 0],
  pelvis: [0, 0, 0.015],
  chest: [0, -0.01, -0.03],
  head: [0.03, 0.02, 0.05],
  shrug: [0, 0],
  arms: [
    {
      upper: [0.47, -0.88, 0.02],
      lower: [0.5, -0.84, 0.2],
      palm: [-0.75, -0.1, 0.35],
      hand: [0.4, -0.88, 0.2],
      curl: 0.14,
    },
    {
      upper: [0.47, -0.88, 0.02],
      lower: [0.46, -0.86, 0.2],
      palm: [-0.75, -0.1, 0.35],
      hand: [0.36, -0.9, 0.2],
      curl: 0.18,
    },
  ],
  feet: [
    { x: 0.155, z: 0.0, lift: 0, turn: 0.3, tilt: 0 },
    { x: -0.15, z: -0.01, lift: 0, turn: 0.26, tilt: 0 },
  ],
  face: { smile: 0.85, open: 0.12, blink: 0, brow: 0.25, gazeX: 0, gazeY: 0.02 },
};

/** From far away, as a portrait is taken, with room above for arms that will be raised. */
export function aimAtCharacter(width: number, height: number): Camera {
  return makeCamera([0, 1.0, 6.2], [0, 0.9, 0], 2.15, width, height);
}
