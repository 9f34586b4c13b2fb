/**
 * Finds where the irises stand between the corners of the eyes, by their darkness alone: no network
 * of the packages we use reads them.
 */

import {
  EYE_RIMS,
  EYE_SIDES,
  type EyeSide,
  eyeFrame,
  type Gaze,
  type IrisReading,
  rimHeight,
  toEye,
} from '../model/eyes.ts';
import type { RgbaImage } from '../model/image.ts';
import { facePointAt } from '../model/landmarks.ts';
import type { Face } from '../model/pose.ts';
import { clamp, smoothstep } from '../model/scalar.ts';

/** Samples across an eye; the rows between its lids lie as close. */
const COLUMNS = 40;
/** Lashes and their shadow lie within this share of the opening under the upper lid. */
const LASH_SHARE = 0.18;
const LOWER_SHARE = 0.06;
/** Radii of an iris in widths of an eye: people 0.19, drawn figures more. */
const RADII: readonly number[] = [0.16, 0.19, 0.22];
/** No iris is looked for farther from the middle. */
const ACROSS_MAX = 0.34;
const ACROSS_STEP = 0.02;
/** Of equally dark discs the one nearer to the middle is believed by this much. */
const MIDDLE_TRUST = 0.15;
/** Darkness of the iris below its sides in standard deviations: none, and all is clear. */
const CONTRAST = [0.5, 1.1] as const;
/** Less than this spread of brightness, in levels, is noise. */
const SPREAD_MIN = 4;
/** What lies beside the disc within this many radii of its middle are its sides. */
const SIDE_REACH = 2;
/** A side of fewer pixels, as a share of the disc's, is cut off. */
const SIDE_SHARE_MIN = 0.12;
/** Openings over widths between which an eye begins to show enough of its iris. */
const OPENING = [0.13, 0.2] as const;
/** An eye of fewer pixels shows no iris. */
const WIDTH_PIXELS = [8, 16] as const;
/** Around the middle of the lower rim: above it, below it, and on the cheek, in openings. */
const RIM_PLACES: readonly number[] = [-0.12, -0.06, 0, 0.06, 0.12];
const RIM_PARTS: readonly number[] = [-0.3, 0.25, 0.9];
const CLOSED: IrisReading = { across: 0, confidence: 0 };

type Sample = { u: number; v: number; light: number };

/**
 * Reads both irises: of all discs between the lids the one that is darkest against both of its
 * sides.
 */
export function readGaze(image: RgbaImage, face: Face): Gaze {
  const [right, left] = EYE_SIDES.map((side) => readIris(image, face, side));
  return { right: right!, left: left! };
}

/**
 * Whether the rims of the face lie around its eyes. The network puts those of people's eyes into
 * the large eyes of drawn figures: there the iris goes on below the lower rim instead of skin.
 */
export function doRimsFit(image: RgbaImage, face: Face): boolean {
  return EYE_SIDES.every((side) => {
    const frame = eyeFrame(face, side);
    const rim = (points: readonly number[]) =>
      points.map((point) => toEye(frame, facePointAt(face, point)));
    const upper = rim(EYE_RIMS[side].upper);
    const lower = rim(EYE_RIMS[side].lower);
    const meanBelow = (part: number): [number, number, number] => {
      const sum: [number, number, number] = [0, 0, 0];
      for (const u of RIM_PLACES) {
        const bottom = rimHeight(lower, u);
        const v = bottom + part * (bottom - rimHeight(upper, u));
        const x = frame.centre.x + u * frame.right.x + v * frame.down.x;
        const y = frame.centre.y + u * frame.right.y + v * frame.down.y;
        const at =
          (Math.round(clamp(y, 0, image.height - 1)) * image.width +
            Math.round(clamp(x, 0, image.width - 1))) *
          4;
        for (let i = 0; i < 3; i += 1) sum[i]! += image.data[at + i]! / RIM_PLACES.length;
      }
      return sum;
    };
    const [inside, outside, skin] = RIM_PARTS.map(meanBelow);
    const apart = (a: readonly number[], b: readonly number[]) =>
      Math.hypot(a[0]! - b[0]!, a[1]! - b[1]!, a[2]! - b[2]!);
    return apart(outside!, skin!) <= apart(outside!, inside!);
  });
}

function readIris(image: RgbaImage, face: Face, side: EyeSide): IrisReading {
  const frame = eyeFrame(face, side);
  const rim = (points: readonly number[]) =>
    points.map((point) => toEye(frame, facePointAt(face, point)));
  const upper = rim(EYE_RIMS[side].upper);
  const lower = rim(EYE_RIMS[side].lower);
  const opening = rimHeight(lower, 0) - rimHeight(upper, 0);
  const isSeen = smoothstep(...OPENING, opening) * smoothstep(...WIDTH_PIXELS, frame.width);
  if (!(isSeen > 0)) return CLOSED;
  const samples: Sample[] = [];
  const middle = (rimHeight(upper, 0) + rimHeight(lower, 0)) / 2;
  for (let column = 0; column < COLUMNS; column += 1) {
    const u = (column + 0.5) / COLUMNS - 0.5;
    const top = rimHeight(upper, u);
    const height = rimHeight(lower, u) - top;
    const end = top + (1 - LOWER_SHARE) * height;
    for (let v = top + LASH_SHARE * height; v < end; v += 1 / COLUMNS) {
      const x = frame.centre.x + u * frame.right.x + v * frame.down.x;
      const y = frame.centre.y + u * frame.right.y + v * frame.down.y;
      samples.push({ u, v: v - middle, light: lightAt(image, x, y) });
    }
  }
  const best = findDisc(samples);
  return best && { across: best.across, confidence: isSeen * smoothstep(...CONTRAST, best.share) };
}

function findDisc(samples: readonly Sample[]): { across: number; share: number } {
  const count = Math.max(samples.length, 1);
  const mean = samples.reduce((sum, { light }) => sum + light, 0) / count;
  const variance = samples.reduce((sum, { light }) => sum + (light - mean) ** 2, 0) / count;
  const spread = Math.max(Math.sqrt(variance), SPREAD_MIN);
  const steps = Math.round(ACROSS_MAX / ACROSS_STEP);
  const shares = Array.from({ length: 2 * steps + 1 }, (_, i) => {
    const across = (i - steps) * ACROSS_STEP;
    const contrast = Math.max(...RADII.map((radius) => contrastOf(samples, across, radius)));
    return (contrast / spread) * (1 - MIDDLE_TRUST * (across / ACROSS_MAX) ** 2);
  });
  const at = shares.indexOf(Math.max(...shares));
  const [a, b, c] = [shares[at - 1] ?? 0, shares[at]!, shares[at + 1] ?? 0];
  const bend = a - 2 * b + c;
  const between = at > 0 && at < 2 * steps && bend < 0 ? clamp((a - c) / (2 * bend), -0.5, 0.5) : 0;
  return { across: (at - steps + between) * ACROSS_STEP, share: b };
}

/**
 * How much darker a disc is than what lies beside it, in levels: of the two sides the
 * darker one decides, so that the shadow of a corner is no iris. A side that the corner cuts off
 * does not count. 0 for a disc that is not darker.
 */
function contrastOf(samples: readonly Sample[], across: number, radius: number): number {
  const sums = { inside: 0, left: 0, right: 0 };
  const counts = { inside: 0, left: 0, right: 0 };
  for (const { u, v, light } of samples) {
    const du = u - across;
    const isInside = du * du + v * v <= radius * radius;
    if (!isInside && Math.abs(du) > SIDE_REACH * radius) continue;
    const part = isInside ? 'inside' : du < 0 ? 'left' : 'right';
    sums[part] += light;
    counts[part] += 1;
  }
  if (counts.inside === 0) return 0;
  const inside = sums.inside / counts.inside;
  const sides = (['left', 'right'] as const)
    .filter((side) => counts[side] >= SIDE_SHARE_MIN * counts.inside)
    .map((side) => sums[side] / counts[side]);
  return sides.length === 0 ? 0 : Math.max(0, Math.min(...sides) - inside);
}

function lightAt({ width, height, data }: RgbaImage, x: number, y: number): number {
  const left = clamp(x - 0.5, 0, width - 1.001);
  const top = clamp(y - 0.5, 0, height - 1.001);
  const column = Math.floor(left);
  const row = Math.floor(top);
  const [fx, fy] = [left - column, top - row];
  let sum = 0;
  for (const [dx, dy] of [
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ] as const) {
    const at = ((row + dy) * width + column + dx) * 4;
    const light = 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
    sum += light * (dx ? fx : 1 - fx) * (dy ? fy : 1 - fy);
  }
  return sum;
}
