/**
 * Closes the large eyes of drawn figures: a lid in the colours of the skin around comes down with
 * the line of the lashes, behind the hair that hangs into the eye, and a lower one comes up.
 */

import { createSkinTest, SKIN_POINTS } from '../detect/skin-looks.ts';
import { type Colour, luminanceOfPacked } from '../model/colour.ts';
import {
  EYE_RIMS,
  EYE_SIDES,
  type EyeFrame,
  type EyeSide,
  frameBetween,
  rimHeight,
  toEye,
} from '../model/eyes.ts';
import type { Point } from '../model/geometry.ts';
import { median, percentile } from '../model/percentile.ts';
import { clamp, mix, smoothstep } from '../model/scalar.ts';
import { fillFromBeside } from './eye-white.ts';
import { type Area, cutArea, type Eyes, sampleAt } from './eyes.ts';
import { openingOf } from './lash-line.ts';
import type { Surface } from './raster.ts';
import { mixColours } from './soft-edge.ts';

/** What is painted reaches so far beyond the rims, in widths of the eye, and fades over so much. */
const PAD = 0.07;
const PAD_FADE = 0.02;
/** Lines that hang together with the eye, as the ends of lashes, are covered up to here. */
const LINES_REACH = 0.12;
/** Skin is looked for this far from the middle, in widths of the eye. */
const REACH = 0.9;
/** Shut lids meet at this part of the way from the upper rim down. */
const MEET = 0.8;
/**
 * The driver's lids between these openings move those of the drawn eye: people's are never quite
 * still, drawn ones are. Over the first part of its way a lid appears.
 */
const OPENINGS = { shut: 0.1, open: 0.92 } as const;
const APPEAR = 0.06;
/** The line of the lashes, in widths of the eye; at its ends it has this part of its height. */
const LASHES = [0.04, 0.12] as const;
const LASHES_ENDS = 0.4;
const LASHES_FADE = [0.47, 0.53] as const;
/** The line of the lower lid, in widths of the eye, and how much of its colour is laid on. */
const LOWER_LINE = { height: 0.025, strength: 0.6 } as const;
/** Lashes are looked for in the upper part of the opening, and nearly as dark as its darkest. */
const LASHES_WITHIN = 0.35;
const LASHES_LIGHT = 36;
/** Of the columns of the eye this part shows fewer dark pixels than the lashes are high. */
const LASHES_PART = 0.25;
const COLUMNS = 24;
/** Hair over the eye differs from that above it by so many levels; its contour is so wide. */
const HAIR_LEVELS = 60;
const HAIR_LINE = 0.03;
/** Less of what is above the eye than this is a brow or the fold of a lid, and no hair. */
const HAIR_SHARE_MIN = 0.08;

type DrawnEye = {
  side: EyeSide;
  frame: EyeFrame;
  /** The pixels that a lid may cover. */
  lid: LidPixels;
  lashes: { height: number; colour: number };
  /** How far below its corners the middles of its lids meet. */
  meet: number;
  opening: number;
  /** How far the lids are shut that are painted now, 0..1. */
  painted: number;
};

/** What is the same in all frames, for each pixel that a lid may cover; heights in eye widths. */
type LidPixels = {
  /** Where each lies in the texture. */
  places: Int32Array;
  own: Int32Array;
  /** The skin that goes on over the eye. */
  skin: Int32Array;
  /** How much of it a lid covers: nothing of hair, less at the rim of what is covered. */
  cover: Float32Array;
  heights: Float32Array;
  /** Heights of the rims of the open eye. */
  tops: Float32Array;
  bottoms: Float32Array;
  /** How far from the corners it is: 0 there, 1 in the middle; lashes and meeting lids bow so. */
  bows: Float32Array;
  /** How much of the lines of the lids is drawn here: nothing beyond the corners. */
  lines: Float32Array;
};

/**
 * Prepares the eyes of a face whose points have the texture places `source` in `own`; `surface`
 * is a copy of it to be painted in.
 */
export function createDrawnEyes(own: Surface, surface: Surface, source: Float32Array): Eyes {
  const look = createSkinTest(SKIN_POINTS.map((point) => colourOf(pixelAt(own, source, point))));
  const isSkin = (pixel: number): boolean => look(colourOf(pixel)).isSkin;
  const eyes = EYE_SIDES.map((side) => readEye(own, source, side, isSkin));
  return {
    skin: surface,
    surface,
    look() {},
    slide(target) {
      for (const eye of eyes) {
        const share = openingOf(target, eye.side) / Math.max(eye.opening, 1e-6);
        const { shut, open } = OPENINGS;
        const isShut = clamp((open - share) / (open - shut), 0, 1);
        if (isShut !== eye.painted) paintLids(surface, eye, isShut);
        eye.painted = isShut;
        openRims(target, source, eye.side);
      }
    },
  };
}

function readEye(
  own: Surface,
  source: Float32Array,
  side: EyeSide,
  isSkin: (pixel: number) => boolean,
): DrawnEye {
  const at = (point: number): Point => ({ x: source[point * 2]!, y: source[point * 2 + 1]! });
  const { upper, lower } = EYE_RIMS[side];
  const frame = frameBetween(at(upper[0]!), at(upper.at(-1)!));
  const area = cutArea(own, frame, REACH);
  const rim = (points: readonly number[]): Point[] => points.map((it) => toEye(frame, at(it)));
  const [over, under] = [rim(upper), rim(lower)];
  const count = area.pixels.length;
  const [tops, bottoms, cover] = [0, 1, 2].map(() => new Float32Array(count)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  for (let i = 0; i < count; i += 1) {
    const [u, v] = [area.places[i * 2]!, area.places[i * 2 + 1]!];
    tops[i] = rimHeight(over, clamp(u, -0.5, 0.5));
    bottoms[i] = rimHeight(under, clamp(u, -0.5, 0.5));
    const outside = Math.max(tops[i]! - v, v - bottoms[i]!, Math.abs(u) - 0.5);
    cover[i] = 1 - smoothstep(PAD - PAD_FADE, PAD, outside);
  }
  const isHair = findHair(area, cover, tops, isSkin, frame.width);
  coverLines(area, cover, (i) => isHair[i] === 1 || isSkin(area.pixels[i]!));
  const inside = new Uint8Array(count);
  const gap: number[] = [];
  for (let i = 0; i < count; i += 1) {
    if (cover[i]! > 0 && !isHair[i]) gap.push(i);
    inside[i] = cover[i]! > 0 ? 1 - isHair[i]! : Number(isSkin(area.pixels[i]!));
  }
  const skin = fillFromBeside(area, gap, inside);
  stayBehind(cover, isHair, area.width);
  const lashes = readLashes(own, frame, over, under);
  return {
    ...{ side, frame, lashes, painted: 0 },
    lid: gatherLid(own, area, cover, skin, tops, bottoms),
    meet: mix(rimHeight(over, 0), rimHeight(under, 0), MEET),
    opening: openingOf(source, side),
  };
}

/**
 * Hair that hangs into the eye: it has the colour of what is above the eye and no skin, comes from
 * farther away, and has a dark contour.
 */
function findHair(
  { width, height, pixels, places }: Area,
  cover: Float32Array,
  tops: Float32Array,
  isSkin: (pixel: number) => boolean,
  eyeWidth: number,
): Uint8Array {
  const isHair = new Uint8Array(pixels.length);
  const above: number[] = [];
  let all = 0;
  for (let i = 0; i < pixels.length; i += 1) {
    if (cover[i]! > 0 || places[i * 2 + 1]! > tops[i]!) continue;
    all += 1;
    if (!isSkin(pixels[i]!)) above.push(i);
  }
  if (above.length < HAIR_SHARE_MIN * all) return isHair;
  const channel = (shift: number): number =>
    median(above.map((i) => (pixels[i]! >>> shift) & 0xff));
  const hair: Colour = [channel(0), channel(8), channel(16)];
  const isLike = (i: number): boolean => levelsApart(colourOf(pixels[i]!), hair) < HAIR_LEVELS;
  const isAtBorder = (i: number): boolean => i < width || i % width === 0 || (i + 1) % width === 0;
  const found = above.filter((i) => isAtBorder(i) && isLike(i));
  for (const i of found) isHair[i] = 1;
  const spread = (from: number[], mayBe: (i: number) => boolean): number[] => {
    const next: number[] = [];
    for (const i of from) {
      const column = i % width;
      for (const [x, y] of [
        [column - 1, Math.floor(i / width)],
        [column + 1, Math.floor(i / width)],
        [column, Math.floor(i / width) - 1],
        [column, Math.floor(i / width) + 1],
      ] as const) {
        const other = y * width + x;
        if (x < 0 || x >= width || y < 0 || y >= height || isHair[other] || !mayBe(other)) continue;
        isHair[other] = 1;
        next.push(other);
      }
    }
    return next;
  };
  for (let rim = found; rim.length > 0; ) rim = spread(rim, isLike);
  let rim = Array.from(isHair.keys()).filter((i) => isHair[i]);
  for (let step = 0; step < HAIR_LINE * eyeWidth; step += 1) {
    rim = spread(rim, (i) => !isSkin(pixels[i]!));
  }
  return isHair;
}

/** Covers what hangs together with the eye and is neither hair nor skin, and its soft edge. */
function coverLines(
  { width, places }: Area,
  cover: Float32Array,
  isOther: (i: number) => boolean,
): void {
  const beside = [-width, -1, 1, width];
  let rim = Array.from(cover.keys()).filter((i) => cover[i]! > 0 && !isOther(i));
  const edge = new Set<number>();
  while (rim.length > 0) {
    const next: number[] = [];
    for (const other of rim.flatMap((i) => beside.map((step) => i + step))) {
      if (!(cover[other]! < 1)) continue;
      const [u, v] = [places[other * 2]!, places[other * 2 + 1]!];
      if (Math.hypot(Math.max(Math.abs(u) - 0.5, 0), v) > 0.5 + LINES_REACH) continue;
      if (isOther(other)) {
        edge.add(other);
        continue;
      }
      cover[other] = 1;
      next.push(other);
    }
    rim = next;
  }
  for (const i of edge) cover[i] = 1;
}

/** How high the lashes are: most columns show more dark pixels, those of the iris below them. */
function readLashes(
  own: Surface,
  frame: EyeFrame,
  over: readonly Point[],
  under: readonly Point[],
): DrawnEye['lashes'] {
  const heights: number[] = [];
  const darks: number[] = [];
  for (let column = 0; column < COLUMNS; column += 1) {
    const u = mix(-0.35, 0.35, column / (COLUMNS - 1));
    const top = rimHeight(over, u);
    const deep = LASHES_WITHIN * Math.max(rimHeight(under, u) - top, 0);
    const steps = Math.max(2, Math.ceil(deep * frame.width));
    const seen = Array.from({ length: steps }, (_, i) =>
      pixelIn(own, frame, u, top - PAD + ((deep + PAD) * i) / steps),
    );
    const lights = seen.map(luminanceOfPacked);
    const darkest = lights.indexOf(Math.min(...lights));
    const after = lights.findIndex((l, i) => i > darkest && l > lights[darkest]! + LASHES_LIGHT);
    darks.push(seen[darkest]!);
    heights.push(((deep + PAD) * (after < 0 ? steps : after)) / steps - PAD);
  }
  darks.sort((a, b) => luminanceOfPacked(a) - luminanceOfPacked(b));
  const height = clamp(percentile(heights, LASHES_PART), ...LASHES);
  return { height, colour: darks[darks.length >> 1]! };
}

/** Takes what hair hides out of what is covered, with a soft edge. */
function stayBehind(cover: Float32Array, isHair: Uint8Array, width: number): void {
  for (let i = 0; i < cover.length; i += 1) {
    if (cover[i] === 0) continue;
    let hidden = 0;
    for (const row of [-width, 0, width]) {
      for (const column of [-1, 0, 1]) hidden += isHair[i + row + column] ?? 0;
    }
    cover[i]! *= 1 - hidden / 9;
  }
}

function gatherLid(
  { width }: Surface,
  area: Area,
  cover: Float32Array,
  skin: Int32Array,
  tops: Float32Array,
  bottoms: Float32Array,
): LidPixels {
  let count = 0;
  for (let i = 0; i < cover.length; i += 1) count += Number(cover[i]! > 0);
  const floats = () => new Float32Array(count);
  const whole = () => new Int32Array(count);
  const lid: LidPixels = {
    ...{ places: whole(), own: whole(), skin: whole(), cover: floats(), heights: floats() },
    ...{ tops: floats(), bottoms: floats(), bows: floats(), lines: floats() },
  };
  let n = 0;
  for (let i = 0; i < cover.length; i += 1) {
    if (!(cover[i]! > 0)) continue;
    const column = i % area.width;
    const away = Math.abs(area.places[i * 2]!);
    lid.places[n] = (area.y + (i - column) / area.width) * width + area.x + column;
    lid.own[n] = area.pixels[i]!;
    lid.skin[n] = skin[i]!;
    lid.cover[n] = cover[i]!;
    lid.heights[n] = area.places[i * 2 + 1]!;
    lid.tops[n] = tops[i]!;
    lid.bottoms[n] = bottoms[i]!;
    lid.bows[n] = 1 - Math.min(1, 2 * away) ** 2;
    lid.lines[n] = 1 - smoothstep(LASHES_FADE[0], LASHES_FADE[1], away);
    n += 1;
  }
  return lid;
}

/** Paints both lids, `shut` of their way towards each other. */
function paintLids(surface: Surface, eye: DrawnEye, shut: number): void {
  const { places, own, skin, cover, heights, tops, bottoms, bows, lines } = eye.lid;
  const { pixels } = surface;
  const strength = smoothstep(0, APPEAR, shut);
  const soft = 1 / eye.frame.width;
  for (let i = 0; i < places.length; i += 1) {
    const pixel = own[i]!;
    const v = heights[i]!;
    const meet = eye.meet * bows[i]!;
    const height = eye.lashes.height * mix(LASHES_ENDS, 1, bows[i]!);
    const upper = mix(tops[i]!, meet, shut);
    const lower = Math.max(mix(bottoms[i]!, meet, shut), upper + height / 2);
    const isOpen = v > upper + height + soft && v < lower - LOWER_LINE.height - soft;
    if (strength === 0 || isOpen) {
      pixels[places[i]!] = pixel;
      continue;
    }
    const lid = Math.max(
      1 - smoothstep(upper - soft, upper + soft, v),
      smoothstep(lower - soft, lower + soft, v),
    );
    const line = lines[i]! * bandShare(v, upper, upper + height, soft);
    const under = lines[i]! * LOWER_LINE.strength;
    const rim = under * bandShare(v, lower - LOWER_LINE.height, lower, soft);
    const covered = lid === 1 ? skin[i]! : mixColours(pixel, skin[i]!, lid);
    const dark = Math.max(line, rim);
    const painted = dark === 0 ? covered : mixColours(covered, eye.lashes.colour, dark);
    pixels[places[i]!] = mixColours(pixel, painted, strength * cover[i]!);
  }
}

/** How much of a band between two heights lies at `v`; its edges are soft. */
function bandShare(v: number, from: number, to: number, soft: number): number {
  return smoothstep(from - soft, from + soft, v) * (1 - smoothstep(to - soft, to + soft, v));
}

/** Puts the rims and the skin beside them where they are while the eye is open. */
function openRims(target: Float32Array, source: Float32Array, side: EyeSide): void {
  const { upper, lower, above, below } = EYE_RIMS[side];
  const last = upper.length - 1;
  const moved = (point: number, axis: number): number =>
    target[point * 2 + axis]! - source[point * 2 + axis]!;
  for (let i = 1; i < last; i += 1) {
    for (const axis of [0, 1]) {
      const carried = mix(moved(upper[0]!, axis), moved(upper[last]!, axis), i / last);
      for (const point of [upper[i]!, lower[i]!, above[i - 1]!, below[i - 1]!]) {
        target[point * 2 + axis] = source[point * 2 + axis]! + carried;
      }
    }
  }
}

function pixelAt(own: Surface, places: Float32Array, point: number): number {
  return sampleAt(own, places[point * 2]! - 0.5, places[point * 2 + 1]! - 0.5);
}

function pixelIn(own: Surface, { centre, right, down }: EyeFrame, u: number, v: number): number {
  return sampleAt(
    own,
    centre.x + u * right.x + v * down.x - 0.5,
    centre.y + u * right.y + v * down.y - 0.5,
  );
}

const colourOf = (pixel: number): Colour => [
  pixel & 0xff,
  (pixel >>> 8) & 0xff,
  (pixel >>> 16) & 0xff,
];

const levelsApart = (a: Colour, b: Colour): number =>
  Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
