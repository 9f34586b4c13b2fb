/**
 * Draws what lies between the lids: lids slide over the eye instead of squeezing it, and the iris
 * moves inside its rim while the white around it stretches.
 */

import {
  EYE_RIMS,
  EYE_SIDES,
  type EyeFrame,
  type EyeSide,
  eyeFrame,
  frameBetween,
  rimHeight,
  toEye,
} from '../model/eyes.ts';
import type { Point } from '../model/geometry.ts';
import { facePointAt } from '../model/landmarks.ts';
import type { FaceGaze, IrisShift } from '../model/performance.ts';
import type { Face } from '../model/pose.ts';
import { clamp, smoothstep } from '../model/scalar.ts';
import type { Surface } from './raster.ts';

/** Radius of an iris in widths of the eye. */
const IRIS_RADIUS = 0.2;
/** White on either side of the iris keeps at least this width, so that it never tears. */
const WHITE_MIN = 0.03;
/** White stretched between these factors is replaced more and more by that of the other side. */
const STRETCHED = [1.1, 2] as const;
const WHITE_HELP = 0.6;
/** The shifted eye fades into the rim over this part of the opening. */
const RIM_FADE = 0.12;
/** A smaller movement of the iris, in widths of the eye, is not drawn anew. */
const STILL = 0.002;
/** Rigid points whose distance tells how tall the face has become. */
const TALL = [10, 6] as const;

export type Eyes = {
  /** The texture with the irises where the gaze has them; the same object for all frames. */
  surface: Surface;
  /** Moves the irises; null puts them back. */
  look(gaze: FaceGaze | null): void;
  /**
   * Writes where in the texture the rims of the lids lie that are at `target` now, at the mesh
   * points of the rims in `places`. A wider opening than the picture's stretches the eye.
   */
  slide(target: Float32Array, places: Float32Array): void;
};

type Eye = {
  side: EyeSide;
  frame: EyeFrame;
  upper: Point[];
  lower: Point[];
  shown: IrisShift | null;
};

/**
 * Prepares the eyes of `face`, whose points have the texture places `source`, in `own`; `surface`
 * is a copy of it to be painted in.
 */
export function createEyes(face: Face, own: Surface, surface: Surface, source: Float32Array): Eyes {
  const moved = placesOf(face, source);
  const eyes = EYE_SIDES.map((side): Eye => {
    const frame = eyeFrame(moved, side);
    const rim = (points: readonly number[]) =>
      points.map((point) => toEye(frame, facePointAt(moved, point)));
    const { upper, lower } = EYE_RIMS[side];
    return { side, frame, upper: rim(upper), lower: rim(lower), shown: null };
  });
  return {
    surface,
    look(gaze) {
      for (const eye of eyes) {
        const shift = gaze?.[eye.side] ?? null;
        if (isSame(shift, eye.shown)) continue;
        eye.shown = shift;
        drawIris(own, surface, eye, shift ?? { from: 0, to: 0 });
      }
    },
    slide(target, places) {
      const tall = distance(target, ...TALL) / Math.max(distance(source, ...TALL), 1e-6);
      for (const eye of eyes) slideLids(eye, target, places, tall);
    },
  };
}

/** The face with its points where the texture has them. */
function placesOf(face: Face, source: Float32Array): Face {
  return face.map((value, i) => (i % 3 === 2 ? value : source[Math.floor(i / 3) * 2 + (i % 3)]!));
}

function distance(points: Float32Array, a: number, b: number): number {
  return Math.hypot(points[a * 2]! - points[b * 2]!, points[a * 2 + 1]! - points[b * 2 + 1]!);
}

function isSame(a: IrisShift | null, b: IrisShift | null): boolean {
  if (a === null || b === null) return a === b;
  return Math.abs(a.from - b.from) < STILL && Math.abs(a.to - b.to) < STILL;
}

function slideLids(eye: Eye, target: Float32Array, places: Float32Array, tall: number): void {
  const { upper, lower } = EYE_RIMS[eye.side];
  const at = (point: number): Point => ({ x: target[point * 2]!, y: target[point * 2 + 1]! });
  const now = frameBetween(at(upper[0]!), at(upper.at(-1)!));
  const { centre, right, down, width } = eye.frame;
  // Heights are compared in pixels of the texture, so that a turned head does not open the eyes.
  const height = now.width / Math.max(tall * width, 1e-6);
  for (let i = 1; i + 1 < upper.length; i += 1) {
    const [top, bottom] = [eye.upper[i]!, eye.lower[i]!];
    for (const [point, rest] of [
      [upper[i]!, top],
      [lower[i]!, bottom],
    ] as const) {
      const v = clamp(toEye(now, at(point)).y * height, top.y, Math.max(top.y, bottom.y));
      places[point * 2] = centre.x + rest.x * right.x + v * down.x;
      places[point * 2 + 1] = centre.y + rest.x * right.y + v * down.y;
    }
  }
}

function drawIris(own: Surface, surface: Surface, eye: Eye, { from, to }: IrisShift): void {
  const { frame, upper, lower } = eye;
  const reach = Math.ceil(frame.width * 0.6);
  const middle = (rimHeight(upper, from) + rimHeight(lower, from)) / 2;
  const [left, right] = [frame.centre.x - reach, frame.centre.x + reach];
  const columns = [Math.max(0, Math.floor(left)), Math.min(surface.width, Math.ceil(right))];
  const rows = [
    Math.max(0, Math.floor(frame.centre.y - reach)),
    Math.min(surface.height, Math.ceil(frame.centre.y + reach)),
  ];
  for (let y = rows[0]!; y < rows[1]!; y += 1) {
    for (let x = columns[0]!; x < columns[1]!; x += 1) {
      const at = y * surface.width + x;
      surface.pixels[at] = own.pixels[at]!;
      const { x: u, y: v } = toEye(frame, { x: x + 0.5, y: y + 0.5 });
      const share = insideShare(upper, lower, u, v);
      if (share === 0 || from === to) continue;
      const ends = rowEnds(upper, lower, v);
      const colourAt = (place: number): number => {
        const back = share * (place - u);
        return sampleAt(own, x + back * frame.right.x, y + back * frame.right.y);
      };
      const { place, white } = whereFrom(u, v - middle, from, to, ends);
      const pixel = colourAt(place);
      surface.pixels[at] = white ? mixPixels(pixel, colourAt(white.place), white.share) : pixel;
    }
  }
}

/** How far inside the rims a place lies: 0 outside and on them, 1 well inside. */
function insideShare(upper: readonly Point[], lower: readonly Point[], u: number, v: number) {
  if (u <= -0.5 || u >= 0.5) return 0;
  const top = rimHeight(upper, u);
  const height = rimHeight(lower, u) - top;
  if (height <= 0) return 0;
  const near = Math.min(v - top, top + height - v) / height;
  return smoothstep(0, RIM_FADE, near);
}

/** Where the row at height `v` enters and leaves the eye. */
function rowEnds(upper: readonly Point[], lower: readonly Point[], v: number): [number, number] {
  const isInside = (u: number): boolean => v > rimHeight(upper, u) && v < rimHeight(lower, u);
  const step = 0.02;
  let [first, last] = [-0.5, 0.5];
  while (first < 0 && !isInside(first)) first += step;
  while (last > 0 && !isInside(last)) last -= step;
  return [first, last];
}

/** Where a pixel of a moved eye comes from; `white` is mixed in where a side was stretched. */
export type IrisSource = { place: number; white: { place: number; share: number } | null };

/**
 * The place across the eye whose colour comes to `u`, at the height `v` off the middle of the iris:
 * the iris moves whole, what lies between it and the ends of the row is stretched or pressed
 * together evenly. White that is stretched much is helped out with the white of the other side.
 */
export function whereFrom(
  u: number,
  v: number,
  from: number,
  to: number,
  [first, last]: readonly [number, number],
): IrisSource {
  const half = Math.sqrt(Math.max(IRIS_RADIUS * IRIS_RADIUS - v * v, 0.0025));
  const away = u - to;
  if (Math.abs(away) <= half) return { place: clamp(away + from, first, last), white: null };
  const side = away < 0 ? -1 : 1;
  const end = away < 0 ? first : last;
  const widthNow = Math.max(side * (end - to) - half, 1e-6);
  const widthThen = Math.max(side * (end - from) - half, Math.min(WHITE_MIN, widthNow));
  const part = clamp((side * (end - u)) / widthNow, 0, 1);
  const place = end - side * part * widthThen;
  const widthOther = side * (from - (away < 0 ? last : first)) - half;
  const share = WHITE_HELP * smoothstep(...STRETCHED, widthNow / widthThen);
  if (share === 0 || widthOther < WHITE_MIN) return { place, white: null };
  const far = (1 - part) * Math.min(widthNow, widthOther);
  return {
    place,
    white: { place: from - side * (half + far), share: share * smoothstep(0, 0.7, part) },
  };
}

function mixPixels(a: number, b: number, share: number): number {
  let pixel = 0;
  for (let shift = 0; shift < 32; shift += 8) {
    const from = (a >>> shift) & 0xff;
    pixel |= Math.round(from + share * (((b >>> shift) & 0xff) - from)) << shift;
  }
  return pixel;
}

function sampleAt(surface: Surface, x: number, y: number): number {
  const left = clamp(x, 0, surface.width - 1);
  const top = clamp(y, 0, surface.height - 1);
  const column = Math.min(Math.floor(left), surface.width - 2);
  const row = Math.min(Math.floor(top), surface.height - 2);
  const [fx, fy] = [left - column, top - row];
  const at = row * surface.width + column;
  const [a, b] = [surface.pixels[at]!, surface.pixels[at + 1]!];
  const [c, d] = [surface.pixels[at + surface.width]!, surface.pixels[at + surface.width + 1]!];
  let pixel = 0;
  for (let shift = 0; shift < 32; shift += 8) {
    const channel = (value: number): number => (value >>> shift) & 0xff;
    const over = channel(a) + fx * (channel(b) - channel(a));
    const under = channel(c) + fx * (channel(d) - channel(c));
    pixel |= Math.round(over + fy * (under - over)) << shift;
  }
  return pixel;
}
