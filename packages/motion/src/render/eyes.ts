/**
 * Draws what lies between the lids: lids slide over the eye instead of squeezing it, and the iris
 * moves whole while the white beside it goes on where it was.
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
import { type EyeArea, fillWhite } from './eye-white.ts';
import type { Surface } from './raster.ts';

/** The edge of an iris is soft between these parts of its radius. */
const IRIS_EDGE = [0.92, 1.1] as const;
/** The eye fades into the rim over this part of the opening. */
const RIM_FADE = 0.16;
/** No colour of an iris is taken from nearer to the rims than this part of the opening. */
const RIM_AWAY = 0.08;
/** Over the first part of its way, in widths of the eye, an iris leaves its place softly. */
const LEAVE = 0.03;
/** A smaller movement of the iris, in widths of the eye, is not drawn anew. */
const STILL = 0.002;
/** Rigid points whose distance tells how tall the face has become. */
const TALL = [10, 6] as const;

const AT_REST: IrisShift = { from: 0, to: 0, down: 0, radius: 0, middle: 0 };

export type Eyes = {
  /** The texture of what lies around the eyes. */
  skin: Surface;
  /** The texture with the irises where the gaze has them; the same object for all frames. */
  surface: Surface;
  /** Moves the irises; null puts them back. */
  look(gaze: FaceGaze | null): void;
  /**
   * Writes where in the texture the rims of the lids lie that are at `target` now, at the mesh
   * points of the rims in `places`. A wider opening than the picture's stretches the eye. Lids
   * that are painted do not move: their rims in `target` go back to where they are open.
   */
  slide(target: Float32Array, places: Float32Array): void;
};

/** What is looked at and painted around an eye, and where its upper left corner lies. */
export type Area = EyeArea & { x: number; y: number };

type Eye = {
  side: EyeSide;
  frame: EyeFrame;
  upper: Point[];
  lower: Point[];
  shown: IrisShift | null;
  /** What is looked at to move the iris, and what it leaves behind; made when they are needed. */
  area: Area | null;
  white: Int32Array | null;
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
    return {
      side,
      frame,
      upper: rim(upper),
      lower: rim(lower),
      shown: null,
      area: null,
      white: null,
    };
  });
  return {
    skin: own,
    surface,
    look(gaze) {
      for (const eye of eyes) {
        const shift = gaze?.[eye.side] ?? null;
        if (isSame(shift, eye.shown)) continue;
        eye.shown = shift;
        drawIris(own, surface, eye, shift ?? AT_REST);
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
  return Math.abs(a.to - b.to) < STILL && Math.abs(a.down - b.down) < STILL;
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

function drawIris(own: Surface, surface: Surface, eye: Eye, shift: IrisShift): void {
  const { frame, upper, lower } = eye;
  eye.area ??= cutArea(own, frame);
  const { area } = eye;
  const moved = Math.hypot(shift.to - shift.from, shift.down);
  if (moved > 0) {
    const iris = { across: shift.from, down: shift.middle, radius: shift.radius };
    eye.white ??= fillWhite(area, upper, lower, iris);
  }
  const white = eye.white ?? area.pixels;
  const strength = smoothstep(0, LEAVE, moved);
  for (let i = 0; i < area.pixels.length; i += 1) {
    const at = (area.y + Math.floor(i / area.width)) * surface.width + area.x + (i % area.width);
    surface.pixels[at] = own.pixels[at]!;
    const [u, v] = [area.places[i * 2]!, area.places[i * 2 + 1]!];
    const share = strength * insideShare(upper, lower, u, v);
    if (share === 0) continue;
    const away = Math.hypot(u - shift.to, v - shift.middle - shift.down) / shift.radius;
    const iris = 1 - smoothstep(...IRIS_EDGE, away);
    const place = iris > 0 ? placeInIris(upper, lower, u, v, shift) : null;
    const colour = place ? mixPixels(white[i]!, colourAt(own, frame, place), iris) : white[i]!;
    surface.pixels[at] = mixPixels(own.pixels[at]!, colour, share);
  }
}

/** The pixels around an eye, as far as the texture shows them, up to `far` of its widths. */
export function cutArea(own: Surface, frame: EyeFrame, far = 0.6): Area {
  const reach = Math.ceil(frame.width * far);
  const x = clamp(Math.floor(frame.centre.x - reach), 0, own.width);
  const y = clamp(Math.floor(frame.centre.y - reach), 0, own.height);
  const width = clamp(Math.ceil(frame.centre.x + reach), x, own.width) - x;
  const height = clamp(Math.ceil(frame.centre.y + reach), y, own.height) - y;
  const pixels = new Int32Array(width * height);
  const places = new Float32Array(width * height * 2);
  for (let i = 0; i < pixels.length; i += 1) {
    const [column, row] = [x + (i % width), y + Math.floor(i / width)];
    pixels[i] = own.pixels[row * own.width + column]!;
    const place = toEye(frame, { x: column + 0.5, y: row + 0.5 });
    places[i * 2] = place.x;
    places[i * 2 + 1] = place.y;
  }
  return { x, y, width, height, pixels, places };
}

function colourAt(own: Surface, { centre, right, down }: EyeFrame, { x, y }: Point): number {
  return sampleAt(
    own,
    centre.x + x * right.x + y * down.x - 0.5,
    centre.y + x * right.y + y * down.y - 0.5,
  );
}

/** Where the colour of a moved iris comes from: never from a lid or beyond a corner. */
function placeInIris(
  upper: readonly Point[],
  lower: readonly Point[],
  u: number,
  v: number,
  { from, to, down }: IrisShift,
): Point {
  const x = clamp(u - to + from, -0.49, 0.49);
  const top = rimHeight(upper, x);
  const height = Math.max(rimHeight(lower, x) - top, 0);
  return {
    x,
    y: clamp(v - down, top + RIM_AWAY * height, top + (1 - RIM_AWAY) * height),
  };
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

function mixPixels(a: number, b: number, share: number): number {
  let pixel = 0;
  for (let shift = 0; shift < 32; shift += 8) {
    const from = (a >>> shift) & 0xff;
    pixel |= Math.round(from + share * (((b >>> shift) & 0xff) - from)) << shift;
  }
  return pixel;
}

export function sampleAt(surface: Surface, x: number, y: number): number {
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
