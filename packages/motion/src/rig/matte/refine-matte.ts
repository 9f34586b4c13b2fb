/**
 * Corrects a matte by colours: adds what the model missed at the hands and the head (fingertips,
 * ears, hair) and takes away what is plainly background.
 */

import { blurBox } from '../../model/blur.ts';
import type { Point } from '../../model/geometry.ts';
import { filterGuided } from '../../model/guided-filter.ts';
import { growPlane, shrinkPlane } from '../../model/resize.ts';
import { colourDistanceAt, type Rgb, shrinkRgb } from '../../model/rgb.ts';
import { mix, smoothstep } from '../../model/scalar.ts';
import { dilate, labelComponents, maskAbove, paintDisc } from '../pixels/binary.ts';
import { fillHarmonic } from '../pixels/harmonic-fill.ts';
import { pullPush } from '../pixels/pull-push.ts';
import { findHair } from './find-hair.ts';
import { findIntruders } from './local-colours.ts';
import { isShaded, measurePlainness, measureTrim } from './trim-matte.ts';

/** A place where the matte is worth a second look. */
export type Disc = Point & { radius: number };

/**
 * A pixel must differ from the background by this much (sum of squares root, 0..441) to be added.
 */
const DIFFERENCE_MIN = 34;
/** ... and by this many times the unrest of the background around it. */
const DIFFERENCE_PER_UNREST = 14;
/**
 * ... and be nearer to the person's colour than to the background's by this factor: a busy
 * background differs from its estimate anyway.
 */
const FOREGROUND_FACTOR = { busy: 0.65, plain: 0.9 } as const;
/** The background is only compared with here, so that a rougher fill will do. */
const ESTIMATE_SWEEPS = 16;
/** Halos are at most this share of the figure's height wide. */
const TRIM_DEPTH_SHARE = 0.022;
/** Notches narrower than twice this share of the figure's height are closed after adding. */
const NOTCH_SHARE = 0.008;
/** What is added is softened this many pixels around. */
const SOFT_REACH = 3;
/** Where the matte is fainter than this, a gap beside an arm is open. */
const OPEN_MAX = 0.3;
/** Background in gaps and pockets is at most this many times as deep in the matte as halos. */
const POCKET_DEPTHS = 2.2;
/** The rim of the matte above the ears that is not certainly hair, as a share of the height. */
const HAIR_RIM_SHARE = 0.012;

export type RefineInputs = {
  rgb: Rgb;
  /** 0..1 at the size of `rgb`. */
  alpha: Float32Array;
  /** Where something may be missing; elsewhere shadows and wall edges would be picked up. */
  discs: readonly Disc[];
  /** Where high hair may stand; only the half above the centre counts. */
  hair: Disc;
  /** 1 where a gap between arm and trunk may have been closed, at the size of `rgb`. */
  gaps: Uint8Array;
  /** 1 where background shows through the outline: between the thighs, beside the neck. */
  pockets: Uint8Array;
  /** 1 around hands and feet, whose colours are too many to be judged by. */
  ends: Uint8Array;
  /** 1 in the middle of bones, where the figure is certain, at the size of `rgb`. */
  core: Uint8Array;
  /** How far, in pixels of `rgb`, the background estimate keeps away from the matte. */
  dilation: number;
  /** The work is done at `1 / factor` of the size. */
  factor: number;
};

/** Compares the matte with an estimate of the background; returns the better alpha. */
export function refineMatte({
  rgb,
  alpha,
  discs,
  hair,
  gaps,
  pockets,
  ends,
  core,
  dilation,
  factor,
}: RefineInputs): Float32Array {
  const small = shrinkRgb(rgb, factor);
  const { width, height } = small;
  const shrink = (plane: Float32Array): Float32Array =>
    shrinkPlane(plane, rgb.width, rgb.height, factor).data;
  const grow = (plane: Float32Array): Float32Array =>
    growPlane(plane, width, height, factor, rgb.width, rgb.height);
  const smallAlpha = shrink(alpha);
  const hidden = dilate(maskAbove(smallAlpha, 0.03), width, height, Math.round(dilation / factor));
  const plate = fillHarmonic(small, hidden, ESTIMATE_SWEEPS);
  const smallPockets = maskAbove(shrink(new Float32Array(pockets)), 0.5);
  const smallGaps = maskAbove(shrink(new Float32Array(gaps)), 0.5);
  const depth = Math.round(TRIM_DEPTH_SHARE * height);
  const plainness = measurePlainness(small, hidden);
  const share = measureTrim(
    small,
    smallAlpha,
    plate,
    plainness,
    either(smallGaps, smallPockets),
    depth,
  );
  const top = toSmall(hair, factor);
  const smallEnds = maskAbove(shrink(new Float32Array(ends)), 0.5);
  const places = { gaps: smallGaps, pockets: smallPockets, ends: smallEnds };
  const intruders = findIntruders({
    rgb: small,
    ...findDoubts(
      smallAlpha,
      shrink(new Float32Array(core)),
      { ...places, hair: top },
      small,
      depth,
    ),
    outside: dilate(maskAbove(smallAlpha, 0.03), width, height, 4).map((value) => 1 - value),
  });
  takeIntruders(share, small, intruders);
  const even = blurBox(share, width, height, 1).map((kept) => smoothstep(0.3, 0.9, kept));
  share.set(even);
  const trimmed = alpha.slice();
  grow(share).forEach((kept, i) => {
    trimmed[i]! *= kept;
  });
  const smallTrimmed = smallAlpha.map((a, i) => a * share[i]!);
  const zone = new Uint8Array(width * height);
  for (const { x, y, radius } of discs) {
    paintDisc(zone, width, height, x / factor, y / factor, radius / factor);
  }
  const found = findMissed(small, smallTrimmed, { plate, plainness, zone, hidden });
  const solid = maskAbove(smallTrimmed, 0.9);
  findHair(small, solid, hidden, top).forEach((value, i) => {
    if (value === 0) return;
    found[i] = 1;
    zone[i] = 1;
  });
  const added = keepTouching(found, smallTrimmed, width, height);
  if (!added.includes(1)) return trimmed;
  // What was just recognised as background is no notch, nor is the wall in a gap that is open.
  for (let i = 0; i < zone.length; i++) {
    if (added[i] === 1) continue;
    const isOpen = smallGaps[i] === 1 && smallAlpha[i]! < OPEN_MAX && plainness[i]! > 0.5;
    if (share[i]! < 0.5 || (isOpen && isShaded(small, plate, i))) zone[i] = 0;
  }
  const soft = softenUnion(small, smallTrimmed, added, zone);
  return mergeInside(trimmed, rgb, grow(soft), { zone, width, factor });
}

/** The matte with what was added, along the edges of the picture; `zone` shrinks to around it. */
function softenUnion(
  rgb: Rgb,
  alpha: Float32Array,
  added: Uint8Array,
  zone: Uint8Array,
): Float32Array {
  const { width, height } = rgb;
  const closed = closeNotches(alpha, added, zone, width, height);
  const union = alpha.map((a, i) => Math.max(a, closed[i]!));
  const near = dilate(closed, width, height, SOFT_REACH);
  for (let i = 0; i < zone.length; i++) if (near[i] === 0) zone[i] = 0;
  return filterGuided(rgb, union, 4, 1e-4, 1);
}

function either(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((value, i) => Math.max(value, b[i]!));
}

function toSmall({ x, y, radius }: Disc, factor: number): Disc {
  return { x: x / factor, y: y / factor, radius: radius / factor };
}

/** Where the matte may hold background, and where it surely holds the figure. */
function findDoubts(
  alpha: Float32Array,
  bones: Float32Array,
  places: { gaps: Uint8Array; pockets: Uint8Array; ends: Uint8Array; hair: Disc },
  { width, height }: Rgb,
  depth: number,
): { doubtful: Uint8Array; core: Uint8Array } {
  const { gaps, pockets, ends, hair } = places;
  const clear = maskAbove(
    alpha.map((a) => 1 - a),
    0.9,
  );
  const rim = dilate(clear, width, height, depth);
  const wide = dilate(clear, width, height, Math.round(POCKET_DEPTHS * depth));
  const scalp = dilate(clear, width, height, Math.round(HAIR_RIM_SHARE * height));
  const above = new Uint8Array(width * height);
  paintDisc(above, width, height, hair.x, hair.y, hair.radius);
  above.fill(0, Math.max(0, Math.floor(hair.y)) * width);
  const doubtful = rim.map((value, i) => {
    const isPlace = value === 1 || (wide[i] === 1 && (gaps[i] === 1 || pockets[i] === 1));
    return isPlace && ends[i] === 0 && alpha[i]! > 0.02 ? 1 : 0;
  });
  const core = rim.map((_, i) => {
    if (bones[i]! > 0.5 && alpha[i]! > 0.5) return 1;
    if (above[i] === 1 && scalp[i] === 0) return 1;
    return wide[i] === 0 && pockets[i] === 0 ? 1 : 0;
  });
  return { doubtful, core };
}

/** Takes intruders out of what may stay, along the edges of the picture. */
function takeIntruders(share: Float32Array, rgb: Rgb, intruders: Uint8Array): void {
  if (!intruders.includes(1)) return;
  const { width, height } = rgb;
  const rest = Float32Array.from(intruders, (value) => 1 - value);
  const soft = filterGuided(rgb, rest, 3, 2e-4, 1);
  const near = dilate(intruders, width, height, 2);
  for (let i = 0; i < share.length; i++) {
    if (near[i] === 1) share[i] = Math.min(share[i]!, smoothstep(0.2, 0.85, soft[i]!));
  }
}

/** Candidates: unlike the background, unlike its unrest, and more like the person. */
function findMissed(
  rgb: Rgb,
  alpha: Float32Array,
  ground: { plate: Rgb; plainness: Float32Array; zone: Uint8Array; hidden: Uint8Array },
): Uint8Array {
  const { width, height } = rgb;
  const { plate, plainness, zone, hidden } = ground;
  const solid = alpha.map((a) => (a > 0.97 ? 1 : 0));
  const foreground = pullPush(rgb, solid);
  const unrest = measureUnrest(plate, hidden);
  const found = new Uint8Array(width * height);
  for (let i = 0; i < found.length; i++) {
    if (zone[i] === 0 || hidden[i] === 0 || alpha[i]! > 0.5) continue;
    const e = colourDistanceAt(rgb, plate, i);
    const f = colourDistanceAt(rgb, foreground, i);
    const floor = Math.max(DIFFERENCE_MIN, DIFFERENCE_PER_UNREST * unrest[i]!);
    const factor = mix(FOREGROUND_FACTOR.busy, FOREGROUND_FACTOR.plain, plainness[i]!);
    if (e <= floor || f >= factor * e) continue;
    // Before a plain wall a shadow of it is no finger.
    if (plainness[i]! < 0.5 || !isShaded(rgb, plate, i)) found[i] = 1;
  }
  return found;
}

/** Mean size of the gradient of the known background around each pixel. */
function measureUnrest(plate: Rgb, hidden: Uint8Array): Float32Array {
  const { width, height } = plate;
  const green = plate.channels[1];
  const gradient = new Float32Array(width * height);
  const known = new Float32Array(width * height);
  for (let y = 0; y < height - 1; y++) {
    for (let x = 0; x < width - 1; x++) {
      const i = y * width + x;
      if (hidden[i] === 1 || hidden[i + 1] === 1 || hidden[i + width] === 1) continue;
      gradient[i] = Math.hypot(green[i + 1]! - green[i]!, green[i + width]! - green[i]!);
      known[i] = 1;
    }
  }
  const radius = Math.round(Math.max(width, height) / 16);
  const sums = blurBox(gradient, width, height, radius);
  const counts = blurBox(known, width, height, radius);
  return sums.map((sum, i) => sum / Math.max(1e-3, counts[i]!));
}

/** Keeps only the candidate parts that touch the matte. */
function keepTouching(
  found: Uint8Array,
  alpha: Float32Array,
  width: number,
  height: number,
): Uint8Array {
  const both = found.map((value, i) => (value === 1 || alpha[i]! > 0.5 ? 1 : 0));
  const { labels } = labelComponents(both, width, height);
  const touching = new Set<number>();
  for (let i = 0; i < both.length; i++) if (alpha[i]! > 0.5) touching.add(labels[i]!);
  return found.map((value, i) => (value === 1 && touching.has(labels[i]!) ? 1 : 0));
}

/** The added pixels together with the small notches and holes between them and the matte. */
function closeNotches(
  alpha: Float32Array,
  added: Uint8Array,
  zone: Uint8Array,
  width: number,
  height: number,
): Uint8Array {
  const both = maskAbove(alpha, 0.5).map((value, i) => Math.max(value, added[i]!));
  const radius = Math.max(2, Math.round(NOTCH_SHARE * height));
  const outside = dilate(both, width, height, radius).map((value) => 1 - value);
  const closed = dilate(outside, width, height, radius).map((value) => 1 - value);
  const near = dilate(added, width, height, 2 * radius);
  return added.map((value, i) =>
    value === 1 || (closed[i] === 1 && near[i] === 1 && zone[i] === 1) ? 1 : 0,
  );
}

/** The larger of both mattes inside the zone, the old one outside. */
function mergeInside(
  alpha: Float32Array,
  rgb: Rgb,
  refined: Float32Array,
  small: { zone: Uint8Array; width: number; factor: number },
): Float32Array {
  return alpha.map((a, i) => {
    const x = i % rgb.width;
    const y = (i - x) / rgb.width;
    const j = Math.floor(y / small.factor) * small.width + Math.floor(x / small.factor);
    return small.zone[j] === 1 ? Math.max(a, refined[i]!) : a;
  });
}
