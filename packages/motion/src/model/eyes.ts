/** The rims of the eyes among the points of a face, and the coordinates in which a gaze is read. */

import type { Point } from './geometry.ts';
import { facePointAt } from './landmarks.ts';
import type { Face } from './pose.ts';

export type EyeSide = 'right' | 'left';

export const EYE_SIDES: readonly EyeSide[] = ['right', 'left'];

/**
 * The two rims of an eye from its corner on the left of the picture to that on the right, corners
 * included, and the next ring of skin beyond them without the corners. Right is the person's own.
 */
export type EyeRims = {
  upper: readonly number[];
  lower: readonly number[];
  above: readonly number[];
  below: readonly number[];
};

/** Entry `i` of a rim lies over entry `i` of the other; the ring's entry `i` beside rim `i + 1`. */
export const EYE_RIMS: Readonly<Record<EyeSide, EyeRims>> = {
  right: {
    upper: [33, 246, 161, 160, 159, 158, 157, 173, 133],
    lower: [33, 7, 163, 144, 145, 153, 154, 155, 133],
    above: [247, 30, 29, 27, 28, 56, 190],
    below: [25, 110, 24, 23, 22, 26, 112],
  },
  left: {
    upper: [362, 398, 384, 385, 386, 387, 388, 466, 263],
    lower: [362, 382, 381, 380, 374, 373, 390, 249, 263],
    above: [414, 286, 258, 257, 259, 260, 467],
    below: [341, 256, 252, 253, 254, 339, 255],
  },
};

/** Where the iris of one eye stands. */
export type IrisReading = {
  /** Its middle beside that of the corners, in widths of the eye, to the right of the picture. */
  across: number;
  /** Below the line of the corners, in widths of the eye; left out when it was not read. */
  down?: number;
  /** 0 for a closed or unclear eye, 1 for a dark disc in white. */
  confidence: number;
};

/** Both irises of a face as it was seen. */
export type Gaze = Readonly<Record<EyeSide, IrisReading>>;

/** The frame of one eye in picture pixels: its middle, and one eye width to the right and down. */
export type EyeFrame = { centre: Point; right: Point; down: Point; width: number };

/** The frame between the corners of an eye. */
export function eyeFrame(face: Face, side: EyeSide): EyeFrame {
  const { upper } = EYE_RIMS[side];
  return frameBetween(facePointAt(face, upper[0]!), facePointAt(face, upper.at(-1)!));
}

/** The frame of an eye whose corners lie at these places. */
export function frameBetween(a: Point, b: Point): EyeFrame {
  const right = { x: b.x - a.x, y: b.y - a.y };
  return {
    centre: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 },
    right,
    down: { x: -right.y, y: right.x },
    width: Math.hypot(right.x, right.y),
  };
}

/** Carries a place of the picture into widths of the eye from its middle, right and down. */
export function toEye({ centre, right, down, width }: EyeFrame, { x, y }: Point): Point {
  const square = Math.max(width * width, 1e-9);
  const dx = x - centre.x;
  const dy = y - centre.y;
  return {
    x: (dx * right.x + dy * right.y) / square,
    y: (dx * down.x + dy * down.y) / square,
  };
}

/** Height of a rim, in widths of the eye downwards, at the place `across`. */
export function rimHeight(rim: readonly Point[], across: number): number {
  for (let i = 1; i < rim.length; i += 1) {
    const [a, b] = [rim[i - 1]!, rim[i]!];
    if (across > b.x && i + 1 < rim.length) continue;
    const part = b.x > a.x ? (across - a.x) / (b.x - a.x) : 0;
    return a.y + (b.y - a.y) * Math.min(Math.max(part, 0), 1);
  }
  return 0;
}
