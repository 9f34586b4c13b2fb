/** A face of which only the eyes are drawn and placed, for tests. */

import { EYE_RIMS, EYE_SIDES } from '../model/eyes.ts';
import type { RgbaImage } from '../model/image.ts';
import { FACE_LANDMARK_COUNT, FACE_STRIDE, type Face } from '../model/pose.ts';

const EYE_WIDTH = 60;
/** Half the opening at its highest. */
const HALF_OPENING = 10;
const EYE_Y = 100;
const EYE_X = { right: 80, left: 200 } as const;
const IRIS_RADIUS = 0.19 * EYE_WIDTH;

/** The points of both eyes, opened to the share `opening`; all other points lie at 0. */
export function eyesFace(opening = 1): Face {
  const face = new Float32Array(FACE_LANDMARK_COUNT * FACE_STRIDE);
  const put = (point: number, x: number, y: number): void => face.set([x, y, 0], point * 3);
  for (const side of EYE_SIDES) {
    const { upper, lower, above, below } = EYE_RIMS[side];
    for (const i of upper.keys()) {
      const x = EYE_X[side] + EYE_WIDTH * (i / 8 - 0.5);
      const bow = Math.sin((Math.PI * i) / 8) * HALF_OPENING;
      put(upper[i]!, x, EYE_Y - opening * bow);
      put(lower[i]!, x, EYE_Y + opening * bow);
      if (i > 0 && i < 8) {
        put(above[i - 1]!, x, EYE_Y - bow - 6);
        put(below[i - 1]!, x, EYE_Y + bow + 6);
      }
    }
  }
  return face;
}

/** Skin with white eyes between the rims, and irises `across` eye widths off their middles. */
export function drawEyes(across: number, irisLight = 40): RgbaImage {
  const [width, height] = [280, 200];
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const light = Math.max(...EYE_SIDES.map((side) => lightOf(x, y, side, across, irisLight)));
      const shown = light < 0 ? 150 : light;
      data.set([shown, shown, shown, 255], (y * width + x) * 4);
    }
  }
  return { width, height, data };
}

/** -1 outside of the eye. */
function lightOf(
  x: number,
  y: number,
  side: 'right' | 'left',
  across: number,
  irisLight: number,
): number {
  const dx = x + 0.5 - EYE_X[side];
  const dy = y + 0.5 - EYE_Y;
  const bow = Math.cos((Math.PI * dx) / EYE_WIDTH) * HALF_OPENING;
  if (Math.abs(dx) >= EYE_WIDTH / 2 || Math.abs(dy) >= bow) return -1;
  return Math.hypot(dx - across * EYE_WIDTH, dy) < IRIS_RADIUS ? irisLight : 225;
}
