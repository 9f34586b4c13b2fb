/**
 * Lets the shadow of a figure on a plain wall move with it: the shadow is taken off the plate, and
 * laid over it again where the body is.
 */

import { blurBox } from '../model/blur.ts';
import type { Character } from '../model/character.ts';
import type { Point } from '../model/geometry.ts';
import { jointAt } from '../model/joints.ts';
import type { PerformanceFrame } from '../model/performance.ts';
import { growPlane, shrinkPlane } from '../model/resize.ts';
import { clamp, smoothstep } from '../model/scalar.ts';
import { drawCover } from './cover.ts';
import { type Surface, surfaceOf } from './raster.ts';

/** The wall is looked at with so many pixels over the shorter side. */
const SMALL_SIDE = 90;
/** A shadow lies within this many lengths of the spine beside and above the figure. */
const REACH = 0.62;
/** On a plain wall neighbouring pixels differ by less than this, of 255. */
const UNREST = 1.6;
/** Edges differ by more than this from one small pixel to the next; */
const SHARP = 10;
/** so few of them are specks. */
const SHARP_MAX = 0.003;
/** A shadow takes this share of the light somewhere; */
const DARK_MIN = 0.05;
/** nowhere more than this, */
const DARK_MAX = 0.6;
/** and what is less than this is none. */
const FAINT = 0.01;
/** It covers this share of the wall on one side of the figure. */
const AREA_MIN = 0.15;
/** It takes all colours alike, to within this share of the light, */
const HUE_MAX = 0.06;
/** but for so much of its place. */
const STRANGE_MAX = 0.1;
/** Columns that are needed beside the span of a row to know the wall there. */
const EDGE = 2;
/** Around the figure, the plate is made up over so many of the small pixels. */
const MARGIN = 2;
/** A small pixel is the figure's from this alpha on, */
const HALF = 127;
/** and beside it if this much of it is around. */
const NEAR = 2;
/** All of red, green and blue is kept. */
const WHOLE = 0xffffff;

/** A plate without the shadow of the figure, and how that is laid over it. */
export type CastShadow = {
  /** As large as the character's plate. */
  bare: Surface;
  /** Darkens a canvas on which `bare` has been drawn. */
  lay(canvas: Surface, frame: PerformanceFrame): void;
};

/** Null when the background is not plain or carries no shadow beside the figure. */
export function createCastShadow(character: Character): CastShadow | null {
  if (character.pose === null) return null;
  const dark = findShadow(character);
  if (dark === null) return null;
  return { bare: takeOff(character, dark), lay: createLay(character, dark) };
}

type Plane = { width: number; height: number; data: Float32Array };
/** The share of the light that is missing in red, green and blue. */
type Darkness = readonly [Float32Array, Float32Array, Float32Array];

/** How much darker the plate is than its wall, as large as the picture; null without a shadow. */
function findShadow(character: Character): Darkness | null {
  const { width, height, plate, joints } = character;
  const factor = Math.max(1, Math.round(Math.min(width, height) / SMALL_SIDE));
  const cover = new Float32Array(drawCover(character));
  const figure = shrinkPlane(cover, width, height, factor);
  const channels = [0, 1, 2].map((c) => {
    const data = new Float32Array(width * height);
    for (let i = 0; i < data.length; i++) data[i] = plate.data[i * 4 + c]!;
    return shrinkPlane(data, width, height, factor);
  });
  const [neck, pelvis] = [jointAt(joints, 'neck'), jointAt(joints, 'pelvis')];
  const spine = Math.hypot(neck.x - pelvis.x, neck.y - pelvis.y) / factor;
  const outline = { ...figure, rows: findRows(figure), reach: Math.round(REACH * spine) };
  const sides = findSides(outline, channels);
  if (sides === null) return null;
  const near = blurBox(figure.data, figure.width, figure.height, MARGIN);
  const spans = findSpans(outline, sides);
  const planes = channels.map((channel) => {
    const dark = darknessOf(channel, spans);
    // Where the picture shows the wall it knows better what is a shadow and what is not.
    for (const [i, value] of dark.entries()) {
      const share = near[i]! > NEAR ? 1 : smoothstep(0, 2 * FAINT, value);
      dark[i] = clamp(value, -DARK_MAX, DARK_MAX) * share;
    }
    const soft = blurBox(dark, figure.width, figure.height, 1);
    return growPlane(soft, figure.width, figure.height, factor, width, height);
  });
  return [planes[0]!, planes[1]!, planes[2]!];
}

/** The columns `from` to `to` (not included) of a row; both 0 for none. */
type Span = { from: number; to: number };
type Sides = { left: boolean; right: boolean };
/** A figure, where it is in each row, and how far its shadow may reach. */
type Outline = Plane & { rows: readonly Span[]; reach: number };

function findRows({ width, height, data }: Plane): Span[] {
  return Array.from({ length: height }, (_, y) => {
    const row = data.subarray(y * width, (y + 1) * width);
    const from = row.findIndex((value) => value > HALF);
    return from < 0 ? { from: 0, to: 0 } : { from, to: row.findLastIndex((it) => it > HALF) + 1 };
  });
}

/** Between which columns of each row there can be shadow: around the figure, and on its sides. */
function findSpans({ width, rows, reach }: Outline, { left, right }: Sides): Span[] {
  const top = rows.findIndex(({ to }) => to > 0);
  const bottom = rows.findLastIndex(({ to }) => to > 0);
  return rows.map((_, y) => {
    if (top < 0 || y > bottom) return { from: 0, to: 0 };
    let [from, to] = [width, 0];
    for (let other = Math.max(top, y - reach); other <= Math.min(bottom, y + reach); other++) {
      const row = rows[other]!;
      if (row.to === 0) continue;
      const wide = Math.round(Math.sqrt(reach ** 2 - (other - y) ** 2));
      const narrow = Math.abs(other - y) <= MARGIN ? MARGIN : -width;
      from = Math.min(from, row.from - (left ? wide : narrow));
      to = Math.max(to, row.to + (right ? wide : narrow));
    }
    return from < to ? { from: Math.max(0, from), to: Math.min(width, to) } : { from: 0, to: 0 };
  });
}

/** On which sides of a figure before a plain wall its shadow is seen; null for none. */
function findSides(figure: Outline, channels: readonly Plane[]): Sides | null {
  const { width, rows } = figure;
  const near = blurBox(figure.data, width, figure.height, MARGIN);
  const spans = findSpans(figure, { left: true, right: true });
  const isOpen = spans.every(({ from, to }) => to === 0 || from >= EDGE || to <= width - EDGE);
  if (!isOpen) return null;
  const dark = channels.map((channel) => darknessOf(channel, spans));
  const walls = { left: new Uint8Array(near.length), right: new Uint8Array(near.length) };
  for (const [i, value] of near.entries()) {
    const x = i % width;
    const y = (i - x) / width;
    const { from, to } = spans[y]!;
    if (value > NEAR || x < from || x >= to) continue;
    const row = rows[y]!;
    walls[x < (row.to > 0 ? (row.from + row.to) / 2 : (from + to) / 2) ? 'left' : 'right'][i] = 1;
  }
  if (!Object.values(walls).every((wall) => isPlain(channels[1]!, wall))) return null;
  const left = isShaded(dark, walls.left);
  const right = isShaded(dark, walls.right);
  return left || right ? { left, right } : null;
}

/** The share of the light that is missing, if each row went straight on over its span. */
function darknessOf({ width, height, data }: Plane, spans: readonly Span[]): Float32Array {
  const calm = blurBox(data, width, height, 1);
  const dark = new Float32Array(data.length);
  for (const [y, { from, to }] of spans.entries()) {
    if (from === to) continue;
    const row = calm.subarray(y * width, (y + 1) * width);
    const [left, right] = [Math.max(0, from - 1), Math.min(width - 1, to)];
    const low = from >= EDGE ? row[left]! : row[right]!;
    const high = to <= width - EDGE ? row[right]! : row[left]!;
    for (let x = from; x < to; x++) {
      const bare = low + ((high - low) * (x - left)) / Math.max(1, right - left);
      dark[y * width + x] = 1 - data[y * width + x]! / Math.max(1, bare);
    }
  }
  return dark;
}

/** Whether a wall has no pattern, and nothing with an edge: a door is no shadow. */
function isPlain({ width, data }: Plane, wall: Uint8Array): boolean {
  let [sum, sharp, count] = [0, 0, 0];
  for (let i = width; i < data.length; i++) {
    if (!wall[i] || !wall[i - 1] || !wall[i - width]) continue;
    // A row may differ from the next one as it likes, where the floor begins.
    const across = Math.abs(data[i]! - data[i - 1]!);
    sum += across + Math.abs(data[i]! - data[i - width]!);
    if (across > SHARP) sharp++;
    count++;
  }
  return sum < 2 * UNREST * (count + 1) && sharp <= SHARP_MAX * count;
}

/** Whether much of a wall is darker, and in all colours alike. */
function isShaded(dark: readonly Float32Array[], wall: Uint8Array): boolean {
  const seen: number[] = [];
  let strange = 0;
  for (const [i, here] of wall.entries()) {
    if (here === 0) continue;
    const shares = dark.map((channel) => channel[i]!);
    const mean = (shares[0]! + shares[1]! + shares[2]!) / 3;
    seen.push(mean);
    if (Math.max(...shares) - Math.min(...shares) > HUE_MAX) strange++;
  }
  seen.sort((a, b) => a - b);
  const at = (share: number): number => seen[Math.floor(share * (seen.length - 1))] ?? 0;
  const isDark = at(1 - AREA_MIN) > 2 * FAINT && at(0.98) > DARK_MIN;
  return isDark && at(0.98) < DARK_MAX && strange < STRANGE_MAX * seen.length;
}

function takeOff({ plate }: Character, dark: Darkness): Surface {
  const data = Uint8Array.from(plate.data);
  for (const [c, shares] of dark.entries()) {
    for (let i = 0; i < shares.length; i++) {
      if (shares[i] === 0) continue;
      data[i * 4 + c] = Math.min(255, Math.round(data[i * 4 + c]! / (1 - shares[i]!)));
    }
  }
  return surfaceOf({ ...plate, data });
}

/** The middle of a body from its feet up. */
function axisOf(joints: Float32Array): Point[] {
  const middle = (left: Point, right: Point): Point => ({
    x: (left.x + right.x) / 2,
    y: (left.y + right.y) / 2,
  });
  return [
    jointAt(joints, 'head'),
    jointAt(joints, 'neck'),
    jointAt(joints, 'pelvis'),
    middle(jointAt(joints, 'leftAnkle'), jointAt(joints, 'rightAnkle')),
  ];
}

function createLay(
  { width, height, joints }: Character,
  dark: Darkness,
): (canvas: Surface, frame: PerformanceFrame) => void {
  const bind = axisOf(joints);
  // What is kept of red, green and blue, in 255 parts of a byte each.
  const kept = new Uint32Array(width * height).fill(WHOLE);
  for (let i = 0; i < kept.length; i++) {
    kept[i] = keptByte(dark[0][i]!) | (keptByte(dark[1][i]!) << 8) | (keptByte(dark[2][i]!) << 16);
  }
  const rows = Array.from({ length: height }, (_, y) => {
    const row = kept.subarray(y * width, (y + 1) * width);
    return {
      row,
      from: row.findIndex((it) => it !== WHOLE),
      to: row.findLastIndex((it) => it !== WHOLE),
    };
  });
  return ({ pixels }, frame) => {
    const axis = axisOf(frame.joints);
    const scale = frame.bodyScale;
    for (let y = 0; y < height; y++) {
      const { bindX, bindY, x: middle } = comesFrom(axis, bind, y, scale);
      const source = rows[Math.round(bindY)];
      if (!source || source.from < 0) continue;
      const start = Math.max(0, Math.ceil(middle + (source.from - bindX) * scale));
      const end = Math.min(width - 1, Math.floor(middle + (source.to - bindX) * scale));
      darkenRow(pixels, y * width + start, end - start + 1, source.row, {
        from: bindX + (start - middle) / scale + 0.5,
        step: 1 / scale,
      });
    }
  };
}

function keptByte(share: number): number {
  return share > 0 ? Math.round(255 * (1 - share)) : 255;
}

function darkenRow(
  pixels: Int32Array,
  at: number,
  count: number,
  row: Uint32Array,
  { from, step }: { from: number; step: number },
): void {
  for (let n = 0; n < count; n++) {
    const keep = row[(from + n * step) | 0]!;
    if (keep === WHOLE) continue;
    const pixel = pixels[at + n]!;
    const r = (Math.imul(pixel & 0xff, keep & 0xff) + 127) >> 8;
    const g = (Math.imul((pixel >>> 8) & 0xff, (keep >>> 8) & 0xff) + 127) >> 8;
    const b = (Math.imul((pixel >>> 16) & 0xff, keep >>> 16) + 127) >> 8;
    pixels[at + n] = r | (g << 8) | (b << 16) | 0xff000000;
  }
}

/** Which row of the bind pose a row of the frame shows, and the middle of the body in both. */
function comesFrom(
  axis: readonly Point[],
  bind: readonly Point[],
  y: number,
  scale: number,
): { x: number; bindX: number; bindY: number } {
  const [top, bottom] = [axis[0]!, axis.at(-1)!];
  if (y <= top.y) return { x: top.x, bindX: bind[0]!.x, bindY: bind[0]!.y + (y - top.y) / scale };
  if (y >= bottom.y) {
    const last = bind.at(-1)!;
    return { x: bottom.x, bindX: last.x, bindY: last.y + (y - bottom.y) / scale };
  }
  const next = axis.findIndex((point) => point.y > y);
  const [a, b] = [axis[next - 1]!, axis[next]!];
  const share = clamp((y - a.y) / Math.max(1, b.y - a.y), 0, 1);
  const [from, to] = [bind[next - 1]!, bind[next]!];
  return {
    x: a.x + share * (b.x - a.x),
    bindX: from.x + share * (to.x - from.x),
    bindY: from.y + share * (to.y - from.y),
  };
}
