/** A face of flat skin with lips, whose mouth is as open as wanted, for tests. */

import { type Colour, luminanceOf } from '../model/colour.ts';
import { EYE_RIMS, EYE_SIDES } from '../model/eyes.ts';
import type { RgbaImage } from '../model/image.ts';
import { INNER_LIPS } from '../model/performance.ts';
import { FACE, FACE_LANDMARK_COUNT } from '../model/pose.ts';

export const SKIN: Colour = [200, 150, 125];
/** The middle of the upper lip's inner rim, and half the width of the mouth. */
export const LIP_AT = { x: 100, y: 130 } as const;
const HALF_WIDTH = 26;
const EYES = { y: 60, apart: 100 } as const;
const UNDER_NOSE = 2;
export const FACE_SIDE = 200;

/** x and y of the points of a face whose lips are so many pixels apart. */
export function placeFace(apart: number): Float32Array {
  const places = new Float32Array(FACE_LANDMARK_COUNT * 2).fill(LIP_AT.x);
  const put = (point: number, x: number, y: number): void => places.set([x, y], point * 2);
  for (const side of EYE_SIDES) {
    for (const point of [...EYE_RIMS[side].upper, ...EYE_RIMS[side].lower]) put(point, 60, EYES.y);
  }
  put(FACE.rightEyeOuter, LIP_AT.x - EYES.apart / 2, EYES.y);
  put(FACE.leftEyeOuter, LIP_AT.x + EYES.apart / 2, EYES.y);
  put(UNDER_NOSE, LIP_AT.x, LIP_AT.y - 18);
  put(FACE.mouthRight, LIP_AT.x - HALF_WIDTH, LIP_AT.y);
  put(FACE.mouthLeft, LIP_AT.x + HALF_WIDTH, LIP_AT.y);
  for (const [i, point] of INNER_LIPS.entries()) {
    const angle = Math.PI + (2 * Math.PI * i) / INNER_LIPS.length;
    const down = Math.max(Math.sin(angle), 0) * apart;
    put(point, LIP_AT.x + HALF_WIDTH * Math.cos(angle), LIP_AT.y + down);
  }
  return places;
}

/** The picture of it; `inside` paints rows below the upper lip. */
export function drawFace(inside: (down: number) => Colour = () => SKIN): RgbaImage {
  const data = new Uint8Array(FACE_SIDE * FACE_SIDE * 4);
  for (let i = 0; i < FACE_SIDE * FACE_SIDE; i += 1) {
    const down = Math.floor(i / FACE_SIDE) - LIP_AT.y;
    const isMouth = Math.abs((i % FACE_SIDE) - LIP_AT.x) < HALF_WIDTH && down >= 0 && down < 40;
    data.set([...(isMouth ? inside(down) : SKIN), 255], i * 4);
  }
  return { width: FACE_SIDE, height: FACE_SIDE, data };
}

/** Rows below the upper lip that are bright, in a column of packed pixels. */
export function brightRows(pixels: Int32Array, x: number, light: number): number[] {
  return Array.from({ length: 40 }, (_, down) => down).filter((down) => {
    const pixel = pixels[(LIP_AT.y + down) * FACE_SIDE + x]!;
    return luminanceOf([pixel & 0xff, (pixel >>> 8) & 0xff, (pixel >>> 16) & 0xff]) > light;
  });
}
