/**
 * Cuts a hand out of its surroundings: its 21 points say where it should be, its own colours
 * against those around it where it is.
 */

import { blurBox } from '../../model/blur.ts';
import { filterGuided } from '../../model/guided-filter.ts';
import type { Hand } from '../../model/hand.ts';
import type { RgbaImage } from '../../model/image.ts';
import { median } from '../../model/percentile.ts';
import { type Rgb, toByte } from '../../model/rgb.ts';
import { smoothstep } from '../../model/scalar.ts';
import { DEPTH_MAX, FINGER_PART, measureDepth } from './hand-shape.ts';
import { distanceToPalette, findPalette, type Palette, writeColour } from './skin-palette.ts';

/** Colour of skin, 0..255 a channel. */
export type Skin = readonly [number, number, number];

export type HandMatte = {
  /** Straight alpha, colours free of the background. */
  image: RgbaImage;
  /** 1 for pixels that show nothing but hand. */
  solid: Uint8Array;
  /** Middle colour of the inside of the shape. */
  skin: Skin;
  /** Share of the inside of the shape that was kept, 0..1. */
  coverage: number;
  /** Share of the inside of the shape that looks like skin, 0..1. */
  skinShare: number;
};

/** Numbers that describe a colour; see `writeColour`. */
const COLOUR_SIZE = 4;
/** Pixels deeper than this are hand for sure, those beyond the other surroundings. */
const INNER_DEPTH = -0.45;
const OUTER_DEPTH = 1.6;
/** Colours that stand for the hand and for its surroundings, found among so many pixels. */
const HAND_COLOURS = 4;
const OTHER_COLOURS = 6;
const SAMPLES_MAX = 360;
/** Skin differs from the usual skin of this hand by less than this in chroma (0..255) ... */
const SKIN_CHROMA_MAX = 32;
/** ... and is not darker than this part of it. */
const SKIN_LIGHT_MIN = 0.4;
/** A sleeve differs from skin by more than this in the shares of its channels ... */
const SLEEVE_HUE_MIN = 0.075;
/** ... on at least this part of the arm. */
const SLEEVE_SHARE_MIN = 0.4;
/** How many units of colour distance and of depth weigh as much as one of log odds. */
const COLOUR_SCALE = 14;
const DEPTH_SCALE = 0.42;
/** A pixel farther than this from all colours of the hand is something else. */
const FOREIGN_DISTANCE = 26;
/** ... by so much for each unit of log odds. */
const FOREIGN_SCALE = 6;
/** A folded hand is full of shadows: this deep inside, whatever its colour, is hand. */
const SURE_DEPTH = -0.75;
/** Of the guided filter, and the alpha that is stretched from clear to solid after it. */
const FILTER_EPSILON = 1.5e-4;
const FILTER_EDGES = [0.3, 0.92] as const;
/** From this alpha on a pixel has no background in its colour. */
const SOLID_MIN = 0.9;
/** A pixel that is not solid takes at least this share of its colour from solid neighbours. */
const CLEAN_SHARE = 0.75;

/**
 * Colour models by k-means, shape prior and guided filter; colours at the rim are replaced by those
 * of the solid inside, because a rim of background shows at once on another one. Null when the hand
 * has no colours of its own here.
 *
 * @param rgb surroundings of the hand
 * @param hand points in pixels of `rgb`
 * @param palm length of the palm in pixels
 * @param forearm angle in radians from the elbow to the wrist
 * @param skin usual colour of this hand, or null to believe what lies inside the shape
 */
export function matteHand(
  rgb: Rgb,
  hand: Hand,
  palm: number,
  forearm: number,
  skin: Skin | null,
): HandMatte | null {
  const { width, height } = rgb;
  const depth = measureDepth(width, height, hand, palm, forearm);
  const colours = readColours(rgb, depth);
  const inner = pick(depth, (value) => value < INNER_DEPTH);
  if (inner.length === 0) return null;
  const isArm = (i: number): boolean => isForearm(i, width, hand, palm, forearm);
  const sleeve = findSleeve(rgb, inner.filter(isArm), skin);
  const isSleeve = new Set(sleeve);
  const skinned = inner.filter((i) => !isSleeve.has(i) && (skin === null || isSkin(rgb, i, skin)));
  // A sleeve lies inside the shape, yet it is surroundings.
  const others = [...pick(depth, (value, i) => value >= OUTER_DEPTH && !isArm(i)), ...sleeve];
  if (skinned.length < HAND_COLOURS || others.length < OTHER_COLOURS) return null;
  const ours = findPalette(colours, thin(skinned), HAND_COLOURS);
  const theirs = findPalette(colours, thin(others), OTHER_COLOURS);
  const foreign = new Float32Array(depth.length).fill(Number.POSITIVE_INFINITY);
  const rough = estimate(depth, colours, ours, theirs, isArm, foreign);
  const unit = FINGER_PART * palm;
  const smooth = filterGuided(rgb, rough, Math.max(2, 0.55 * unit), FILTER_EPSILON, 2);
  const alpha = smooth.map((value, i) =>
    depth[i]! >= DEPTH_MAX ? 0 : smoothstep(...FILTER_EDGES, value),
  );
  keepConnected(alpha, width, height, depth);
  // The arm behind the wrist is easy; what counts are palm and fingers.
  const front = inner.filter((i) => !isArm(i));
  const kept = front.filter((i) => alpha[i]! > 0.5).length;
  const solid = erode(alpha, depth, foreign, width, height);
  return {
    image: clean(rgb, alpha, solid, Math.round(0.8 * unit + 1)),
    solid,
    skin: middleColour(rgb, inner),
    coverage: kept / Math.max(1, front.length),
    skinShare: skinned.length / inner.length,
  };
}

/** Middle colour of some pixels: what the skin of this hand looks like here. */
function middleColour({ channels }: Rgb, places: readonly number[]): Skin {
  const [red, green, blue] = channels.map((channel) =>
    median(thin(places).map((i) => channel[i]!)),
  );
  return [red!, green!, blue!];
}

/** Colours of all pixels that may matter. */
function readColours({ channels: [r, g, b] }: Rgb, depth: Float32Array): Float32Array {
  const colours = new Float32Array(depth.length * COLOUR_SIZE);
  for (let i = 0; i < depth.length; i += 1) {
    writeColour(r[i]!, g[i]!, b[i]!, colours, i * COLOUR_SIZE);
  }
  return colours;
}

function pick(depth: Float32Array, keep: (value: number, i: number) => boolean): number[] {
  const places: number[] = [];
  for (let i = 0; i < depth.length; i += 1) if (keep(depth[i]!, i)) places.push(i);
  return places;
}

/** Evenly spread over the places. */
function thin(places: readonly number[]): number[] {
  const step = Math.max(1, places.length / SAMPLES_MAX);
  return Array.from(
    { length: Math.min(places.length, SAMPLES_MAX) },
    (_, i) => places[Math.floor(i * step)]!,
  );
}

function isSkin({ channels: [r, g, b] }: Rgb, i: number, skin: Skin): boolean {
  const chroma = Math.hypot(
    r[i]! - g[i]! - (skin[0] - skin[1]),
    g[i]! - b[i]! - (skin[1] - skin[2]),
  );
  return chroma < SKIN_CHROMA_MAX && g[i]! > SKIN_LIGHT_MIN * skin[1];
}

/**
 * Pixels of the arm that have another hue than the skin, when most of it has: told by the shares of
 * the channels, in which a shaded sleeve stays apart from shaded skin.
 */
function findSleeve(
  { channels: [r, g, b] }: Rgb,
  arm: readonly number[],
  skin: Skin | null,
): number[] {
  if (skin === null) return [];
  const usual = Math.max(1, skin[0] + skin[1] + skin[2]);
  const covered = arm.filter((i) => {
    const sum = Math.max(1, r[i]! + g[i]! + b[i]!);
    return (
      Math.hypot(r[i]! / sum - skin[0] / usual, b[i]! / sum - skin[2] / usual) > SLEEVE_HUE_MIN
    );
  });
  return covered.length > SLEEVE_SHARE_MIN * arm.length ? covered : [];
}

/** The arm behind the wrist has the colours of the hand and must not count as its surroundings. */
function isForearm(i: number, width: number, hand: Hand, palm: number, forearm: number): boolean {
  const x = (i % width) + 0.5 - hand[0]!;
  const y = Math.floor(i / width) + 0.5 - hand[1]!;
  const along = x * Math.cos(forearm) + y * Math.sin(forearm);
  const across = y * Math.cos(forearm) - x * Math.sin(forearm);
  return along < 0 && Math.abs(across) < 0.6 * palm;
}

/** Probability of each pixel to be hand; writes the distance to the hand's colours to `foreign`. */
function estimate(
  depth: Float32Array,
  colours: Float32Array,
  ours: Palette,
  theirs: Palette,
  isArm: (i: number) => boolean,
  foreign: Float32Array,
): Float32Array {
  const rough = new Float32Array(depth.length);
  for (let i = 0; i < depth.length; i += 1) {
    if (depth[i]! >= DEPTH_MAX) continue;
    const own = distanceToPalette(ours, colours, i * COLOUR_SIZE);
    const other = distanceToPalette(theirs, colours, i * COLOUR_SIZE);
    foreign[i] = own;
    const strange =
      depth[i]! < SURE_DEPTH && !isArm(i) ? 0 : Math.max(0, own - FOREIGN_DISTANCE) / FOREIGN_SCALE;
    const odds = (other - own) / COLOUR_SCALE - depth[i]! / DEPTH_SCALE - strange;
    rough[i] = 1 / (1 + Math.exp(-odds));
  }
  return rough;
}

/** Clears what hangs together with no part of the inside of the shape. */
function keepConnected(
  alpha: Float32Array,
  width: number,
  height: number,
  depth: Float32Array,
): void {
  const reached = new Uint8Array(alpha.length);
  const stack: number[] = [];
  const visit = (i: number): void => {
    if (reached[i] === 1 || alpha[i]! < 0.1) return;
    reached[i] = 1;
    stack.push(i);
  };
  for (let i = 0; i < alpha.length; i += 1) if (depth[i]! < -1 && alpha[i]! > 0.5) visit(i);
  while (stack.length > 0) {
    const i = stack.pop()!;
    const x = i % width;
    if (x > 0) visit(i - 1);
    if (x < width - 1) visit(i + 1);
    if (i >= width) visit(i - width);
    if (i < width * (height - 1)) visit(i + width);
  }
  for (let i = 0; i < alpha.length; i += 1) if (reached[i] === 0) alpha[i] = 0;
}

function erode(
  alpha: Float32Array,
  depth: Float32Array,
  foreign: Float32Array,
  width: number,
  height: number,
): Uint8Array {
  const solid = new Uint8Array(alpha.length);
  for (let y = 1; y < height - 1; y += 1) {
    for (let i = y * width + 1; i < (y + 1) * width - 1; i += 1) {
      if (foreign[i]! >= FOREIGN_DISTANCE && depth[i]! >= SURE_DEPTH) continue;
      const least = Math.min(
        alpha[i]!,
        alpha[i - 1]!,
        alpha[i + 1]!,
        alpha[i - width]!,
        alpha[i + width]!,
      );
      if (least > SOLID_MIN) solid[i] = 1;
    }
  }
  return solid;
}

/** Gives every pixel that is not solid the colour of the solid ones around it. */
function clean(rgb: Rgb, alpha: Float32Array, solid: Uint8Array, radius: number): RgbaImage {
  const { width, height, channels } = rgb;
  const spread = (plane: Float32Array): Float32Array => blurBox(plane, width, height, radius);
  const share = spread(Float32Array.from(solid));
  const data = new Uint8Array(width * height * 4);
  for (const [c, channel] of channels.entries()) {
    const inside = spread(channel.map((value, i) => value * solid[i]!));
    for (let i = 0; i < alpha.length; i += 1) {
      let value = channel[i]!;
      if (solid[i] === 0 && share[i]! > 1e-4) {
        const taken = CLEAN_SHARE + (1 - CLEAN_SHARE) * (1 - alpha[i]!);
        value += taken * (inside[i]! / share[i]! - value);
      }
      data[i * 4 + c] = toByte(value);
    }
  }
  for (let i = 0; i < alpha.length; i += 1) data[i * 4 + 3] = toByte(alpha[i]! * 255);
  return { width, height, data };
}
