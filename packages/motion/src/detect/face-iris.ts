/**
 * Finds where the irises stand between the corners of the eyes: in a clip where the face network
 * puts them, in a single picture, drawn or painted, by their darkness.
 */

import { BLACK, type Colour, luminanceAt } from '../model/colour.ts';
import {
  EYE_RIMS,
  EYE_SIDES,
  type EyeFrame,
  type EyeSide,
  eyeFrame,
  type Gaze,
  type IrisReading,
  rimHeight,
  toEye,
} from '../model/eyes.ts';
import type { Point } from '../model/geometry.ts';
import type { RgbaImage } from '../model/image.ts';
import { facePointAt } from '../model/landmarks.ts';
import type { Face } from '../model/pose.ts';
import { clamp, smoothstep } from '../model/scalar.ts';
import type { Irises } from './face-landmarks.ts';

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
/** Large drawn eyes are looked at below their rims no farther away than in these widths. */
const RIM_FAR_MAX = 0.5;
/** Painted lower lids are up to so much farther from the skin's colour than from the eye's. */
const MADE_UP_MAX = 2;
/** The rows of an eye in which its iris is widest, from lid to lid. */
const ROWS = [0.25, 0.85] as const;
/** A step of brightness is seen over so many columns on either side. */
const EDGE_COLUMNS = 3;
/** An edge that the corner cuts off counts as this part of the other one. */
const CUT_STEP = 0.6;
const RADIUS_RANGE = [0.13, 0.34] as const;
/** Larger irises than people's are believed less, the largest ones by this part. */
const USUAL_RADIUS = 0.2;
const LARGE_DOUBT = 0.8;
/** What lies beside an iris on one side at least, between dark and light of the eye. */
const WHITE = [0.5, 0.85] as const;
const WHITE_COLUMNS = 5;
/** Eyes as tall as this part of their width are drawn ones, whose irises fill them. */
const TALL_MAX = 0.7;
/** Skin that no eye reaches, however large: the cheek below it, and the bridge of the nose. */
const SKIN_POINTS: Readonly<Record<EyeSide, readonly number[]>> = {
  right: [205, 6],
  left: [425, 6],
};
/** Skin differs from other skin by this part of its brightness (0.35 in paint, irises by 0.7). */
const SKIN_APART_MAX = 0.5;
const CLOSED: Edges = { across: 0, radius: 1, clearSide: 1, confidence: 0 };

/** An iris between its edges, and which of them is the clearer one: -1 is the left one. */
type Edges = Omit<PictureIris, 'down'> & { clearSide: 1 | -1 };

/** An iris of a picture, `down` below the line of the corners; all in widths of its eye. */
export type PictureIris = {
  across: number;
  down: number;
  radius: number;
  confidence: number;
};

/** Brightness between the lids of an eye, column by column, each from its top downwards. */
type Samples = {
  /** Across the eye, one for each column. */
  us: Float64Array;
  /** Below the middle, of the first sample of each column; those below it follow by `STEP`. */
  tops: Float64Array;
  /** Where each column begins, and where the last one ends. */
  starts: Uint32Array;
  /** The brightness of all samples before each one, added up. */
  sums: Float64Array;
};

const STEP = 1 / COLUMNS;

/**
 * Reads both irises: of all discs between the lids the one that is darkest against both of its
 * sides.
 */
export function readGaze(image: RgbaImage, face: Face): Gaze {
  const [right, left] = EYE_SIDES.map((side) => readIris(image, face, side).reading);
  return { right: right!, left: left! };
}

/** Reads the irises of a picture more closely: how large they are and how high they lie, too. */
export function readPictureIrises(image: RgbaImage, face: Face): Record<EyeSide, PictureIris> {
  const [right, left] = EYE_SIDES.map((side): Edges => {
    const { reading, columns } = readIris(image, face, side);
    const edges = reading.confidence > 0 ? findEdges(columns, reading.across) : null;
    if (!edges) return { ...CLOSED, confidence: 0 };
    return { ...edges, confidence: reading.confidence };
  });
  return { right: alike(face, 'right', right!, left!), left: alike(face, 'left', left!, right!) };
}

/** Both irises of a face are of one size: a larger one was read with the shade beside it. */
function alike(face: Face, side: EyeSide, iris: Edges, other: Edges): PictureIris {
  const frame = eyeFrame(face, side);
  const width = eyeFrame(face, side === 'right' ? 'left' : 'right').width;
  const radius = Math.min(iris.radius, (other.radius * width) / Math.max(frame.width, 1e-6));
  const across = iris.across + iris.clearSide * (iris.radius - radius);
  const [upper, lower] = readRims(frame, face, side);
  const down = (rimHeight(upper, across) + rimHeight(lower, across)) / 2;
  return { across, down, radius, confidence: iris.confidence };
}

/**
 * Where an iris around `across` begins and ends in the rows halfway between the lids: the sharpest
 * steps from light to dark and back. A step that the corner of the eye cuts off counts as a weak
 * one. Null when there are none.
 */
function findEdges(columns: readonly Column[], across: number): Omit<Edges, 'confidence'> | null {
  const profile = columns.map(({ lights }) => {
    const rows = lights.slice(
      Math.floor(ROWS[0] * lights.length),
      Math.ceil(ROWS[1] * lights.length),
    );
    return rows.length > 0 ? rows.reduce((sum, light) => sum + light, 0) / rows.length : null;
  });
  const meanOf = (from: number, to: number): number | null => {
    const known = profile.slice(Math.max(from, 0), Math.max(to, 0)).filter((it) => it !== null);
    return known.length > 0 ? known.reduce((sum, it) => sum + it, 0) / known.length : null;
  };
  const stepAt = (column: number, side: 1 | -1): number | null => {
    const before = meanOf(column - EDGE_COLUMNS, column);
    const after = meanOf(column, column + EDGE_COLUMNS);
    return before === null || after === null ? null : side * (after - before);
  };
  // A pupil lies in its iris, an iris in white.
  const known = profile.filter((it) => it !== null);
  const [dark, light] = [Math.min(...known), Math.max(...known)];
  const lightIn = (from: number, to: number): number => {
    const levels = profile.slice(Math.max(from, 0), to).filter((it) => it !== null);
    return (Math.max(dark, ...levels) - dark) / Math.max(light - dark, 1);
  };
  let best: Omit<Edges, 'confidence'> | null = null;
  let bestStep = 0;
  for (let from = 0; from < COLUMNS; from += 1) {
    for (let to = from + 1; to <= COLUMNS; to += 1) {
      const radius = ((to - from) * STEP) / 2;
      const middle = ((from + to) * STEP) / 2 - 0.5;
      if (radius < RADIUS_RANGE[0] || radius > RADIUS_RANGE[1]) continue;
      if (Math.abs(middle - across) > radius) continue;
      const [left, right] = [stepAt(from, -1), stepAt(to, 1)];
      if (left === null && right === null) continue;
      const weak = CUT_STEP * Math.max(left ?? 0, right ?? 0);
      const large = Math.max(0, radius - USUAL_RADIUS) / (RADIUS_RANGE[1] - USUAL_RADIUS);
      const beside = Math.max(lightIn(from - WHITE_COLUMNS, from), lightIn(to, to + WHITE_COLUMNS));
      const white = smoothstep(...WHITE, beside);
      const trust = white * (1 - LARGE_DOUBT * large ** 2);
      const step = trust * Math.min(left ?? weak, right ?? weak);
      if (step <= bestStep) continue;
      best = { across: middle, radius, clearSide: (left ?? 0) > (right ?? 0) ? -1 : 1 };
      bestStep = step;
    }
  }
  return best;
}

/** The gaze by the middles of the irises that the face network has found. */
export function gazeOfIrises(face: Face, irises: Irises): Gaze {
  const read = (side: EyeSide): IrisReading => {
    const frame = eyeFrame(face, side);
    const { x, y } = toEye(frame, irises[side]);
    const [upper, lower] = readRims(frame, face, side);
    const confidence = measureSight(frame, rimHeight(lower, 0) - rimHeight(upper, 0));
    const down = clamp(y, -ACROSS_MAX, ACROSS_MAX);
    return { across: clamp(x, -ACROSS_MAX, ACROSS_MAX), down, confidence };
  };
  return { right: read('right'), left: read('left') };
}

/**
 * Whether the rims of the face lie around its eyes. The network puts those of people's eyes into
 * the large eyes of drawn figures: there the iris goes on below the lower rim instead of skin. The
 * largest ones reach as far as that skin is looked for, so it must look like other skin, too.
 */
export function doRimsFit(image: RgbaImage, face: Face): boolean {
  return EYE_SIDES.every((side) => {
    const frame = eyeFrame(face, side);
    const [upper, lower] = readRims(frame, face, side);
    const meanBelow = (part: number) =>
      meanColour(
        image,
        RIM_PLACES.map((u) => {
          const bottom = rimHeight(lower, u);
          const v = bottom + part * Math.min(bottom - rimHeight(upper, u), RIM_FAR_MAX);
          return {
            x: frame.centre.x + u * frame.right.x + v * frame.down.x,
            y: frame.centre.y + u * frame.right.y + v * frame.down.y,
          };
        }),
      );
    const [inside, outside, skin] = RIM_PARTS.map(meanBelow);
    const skins = SKIN_POINTS[side].map((point) => meanColour(image, [facePointAt(face, point)]));
    const isSkin = skins.some((it) => apart(skin!, it) <= SKIN_APART_MAX * apart(it, BLACK));
    return isSkin && apart(outside!, skin!) <= MADE_UP_MAX * apart(outside!, inside!);
  });
}

const apart = (a: Colour, b: Colour): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

function meanColour({ data, width, height }: RgbaImage, places: readonly Point[]): Colour {
  const sum: [number, number, number] = [0, 0, 0];
  for (const { x, y } of places) {
    const row = Math.round(clamp(y, 0, height - 1));
    const at = (row * width + Math.round(clamp(x, 0, width - 1))) * 4;
    for (let i = 0; i < 3; i += 1) sum[i]! += data[at + i]! / places.length;
  }
  return sum;
}

function readIris(
  image: RgbaImage,
  face: Face,
  side: EyeSide,
): { reading: IrisReading; columns: readonly Column[] } {
  const frame = eyeFrame(face, side);
  const [upper, lower] = readRims(frame, face, side);
  const opening = rimHeight(lower, 0) - rimHeight(upper, 0);
  const isSeen = opening < TALL_MAX ? measureSight(frame, opening) : 0;
  if (!(isSeen > 0)) return { reading: CLOSED, columns: [] };
  const middle = (rimHeight(upper, 0) + rimHeight(lower, 0)) / 2;
  const columns = Array.from({ length: COLUMNS }, (_, column) => {
    const u = (column + 0.5) * STEP - 0.5;
    const rimTop = rimHeight(upper, u);
    const height = rimHeight(lower, u) - rimTop;
    const top = rimTop + LASH_SHARE * height;
    const count = Math.max(0, Math.ceil(((1 - LOWER_SHARE) * height + rimTop - top) / STEP));
    const lights = Array.from({ length: count }, (_, i) => {
      const v = top + i * STEP;
      const x = frame.centre.x + u * frame.right.x + v * frame.down.x;
      const y = frame.centre.y + u * frame.right.y + v * frame.down.y;
      return lightAt(image, x, y);
    });
    return { u, top: top - middle, lights };
  });
  const lights = columns.flatMap((column) => column.lights);
  const best = findDisc(lights, addUp(columns));
  const confidence = isSeen * smoothstep(...CONTRAST, best.share);
  return { reading: { across: best.across, confidence }, columns };
}

/** The upper and the lower rim of an eye in its own frame. */
function readRims(frame: EyeFrame, face: Face, side: EyeSide): [Point[], Point[]] {
  const rim = (points: readonly number[]) =>
    points.map((point) => toEye(frame, facePointAt(face, point)));
  return [rim(EYE_RIMS[side].upper), rim(EYE_RIMS[side].lower)];
}

/** How much of its iris an eye of this opening and size shows, 0 to 1. */
function measureSight({ width }: EyeFrame, opening: number): number {
  return smoothstep(...OPENING, opening) * smoothstep(...WIDTH_PIXELS, width);
}

type Column = { u: number; top: number; lights: readonly number[] };

function addUp(columns: readonly Column[]): Samples {
  const starts = new Uint32Array(columns.length + 1);
  for (const [i, { lights }] of columns.entries()) starts[i + 1] = starts[i]! + lights.length;
  const sums = new Float64Array(starts[columns.length]! + 1);
  for (const [i, light] of columns.flatMap(({ lights }) => lights).entries()) {
    sums[i + 1] = sums[i]! + light;
  }
  return {
    us: Float64Array.from(columns, ({ u }) => u),
    tops: Float64Array.from(columns, ({ top }) => top),
    starts,
    sums,
  };
}

function findDisc(lights: readonly number[], samples: Samples): { across: number; share: number } {
  const count = Math.max(lights.length, 1);
  const mean = lights.reduce((sum, light) => sum + light, 0) / count;
  const variance = lights.reduce((sum, light) => sum + (light - mean) ** 2, 0) / count;
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
 * does not count. 0 for a disc that is not darker. The part of a column inside a disc is a stretch
 * of it, whose sum is the difference of two.
 */
function contrastOf(samples: Samples, across: number, radius: number): number {
  const { us, tops, starts, sums } = samples;
  const inside = { sum: 0, count: 0 };
  const left = { sum: 0, count: 0 };
  const right = { sum: 0, count: 0 };
  for (let column = 0; column < COLUMNS; column += 1) {
    const start = starts[column]!;
    const end = starts[column + 1]!;
    const du = us[column]! - across;
    if (Math.abs(du) > SIDE_REACH * radius || start === end) continue;
    const half = Math.sqrt(Math.max(0, radius * radius - du * du));
    const from = clamp(start + Math.ceil((-half - tops[column]!) / STEP), start, end);
    const past = clamp(start + Math.floor((half - tops[column]!) / STEP) + 1, from, end);
    const to = half > 0 ? past : from;
    const light = sums[to]! - sums[from]!;
    inside.sum += light;
    inside.count += to - from;
    const side = du < 0 ? left : right;
    side.sum += sums[end]! - sums[start]! - light;
    side.count += end - start - (to - from);
  }
  if (inside.count === 0) return 0;
  const sides = [left, right]
    .filter(({ count }) => count >= SIDE_SHARE_MIN * inside.count)
    .map(({ sum, count }) => sum / count);
  return sides.length === 0 ? 0 : Math.max(0, Math.min(...sides) - inside.sum / inside.count);
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
    sum += luminanceAt(data, at) * (dx ? fx : 1 - fx) * (dy ? fy : 1 - fy);
  }
  return sum;
}
