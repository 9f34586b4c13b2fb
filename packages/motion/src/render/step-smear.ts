/**
 * Closes the steps between drawings of something that moves: each is spread along its way until it
 * meets the next, so that few of them make one even smear. What lies behind stays sharp.
 */

import { instantiate } from '../kernels/assemble.ts';
import type { Box } from '../model/geometry.ts';
import type { Surface } from './raster.ts';
import { type AddTaps, BLOCK, BLOCK_SUM_BYTES, buildSpreadModule } from './spread-kernel.ts';

/** Side of the squares in which everything goes the same way, a multiple of {@link BLOCK}. */
const CELL = 8;
/** Distance of the copies that are added up, in pixels. */
const TAP = 2;
/** Shorter steps are not seen. */
const STEP_MIN = 1;
/** Nothing is spread farther than this to either side, in pixels. */
const REACH_MAX = 48;
const COLOUR = 0x00ffffff;
const OPAQUE = 255 << 24;
const TAPS_MAX = (2 * REACH_MAX) / TAP;
const WORD_BYTES = 4;
const PAGE_BYTES = 65_536;

/** Memory that serves one window after the other; all sums are 0 between them. */
export type SmearRoom = { even: Uint32Array; odd: Uint32Array; spread: SpreadRoom };

/** What blocks are spread in: parts of one memory, in which the kernel works. */
type SpreadRoom = { addTaps: AddTaps; sums: Uint32Array; taps: Int32Array; drawn: Int32Array };

/** Room for nothing yet. */
export function makeSmearRoom(): SmearRoom {
  return { even: new Uint32Array(0), odd: new Uint32Array(0), spread: makeSpreadRoom(0) };
}

let module: WebAssembly.Module | null = null;

/** Room for `size` pixels. */
function makeSpreadRoom(size: number): SpreadRoom {
  const tapsAt = BLOCK_SUM_BYTES;
  const drawnAt = tapsAt + TAPS_MAX * WORD_BYTES;
  const pages = Math.ceil((drawnAt + size * WORD_BYTES) / PAGE_BYTES);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  module ??= buildSpreadModule();
  const { addTaps } = instantiate<{ addTaps: AddTaps }>(module, memory);
  return {
    addTaps,
    sums: new Uint32Array(memory.buffer, 0, BLOCK_SUM_BYTES / WORD_BYTES),
    taps: new Int32Array(memory.buffer, tapsAt, TAPS_MAX),
    drawn: new Int32Array(memory.buffer, drawnAt, size),
  };
}

/** A part of a frame, and which way things go in each of its squares. */
export type StepField = {
  box: Box;
  columns: number;
  rows: number;
  x: Float32Array;
  y: Float32Array;
  /** How often something was noted here; nothing moves where that is 0. */
  weight: Float32Array;
};

/** A field of a box in which nothing moves yet. */
export function openField(box: Box): StepField {
  const columns = Math.ceil(box.width / CELL);
  const rows = Math.ceil(box.height / CELL);
  const blank = () => new Float32Array(columns * rows);
  return { box, columns, rows, x: blank(), y: blank(), weight: blank() };
}

/** Notes that what lies between two corners, in pixels of the frame, goes a step of `x`, `y`. */
export function noteStep(
  field: StepField,
  { left, top, right, bottom }: { left: number; top: number; right: number; bottom: number },
  x: number,
  y: number,
): void {
  const { box, columns, rows } = field;
  // Its neighbours take what is spread beyond its edge.
  const reach = 1 + Math.hypot(x, y) / 2;
  const fromColumn = Math.max(0, Math.floor((left - reach - box.x) / CELL));
  const toColumn = Math.min(columns - 1, Math.floor((right + reach - box.x) / CELL));
  const fromRow = Math.max(0, Math.floor((top - reach - box.y) / CELL));
  const toRow = Math.min(rows - 1, Math.floor((bottom + reach - box.y) / CELL));
  for (let row = fromRow; row <= toRow; row++) {
    for (let at = row * columns + fromColumn; at <= row * columns + toColumn; at++) {
      field.x[at]! += x;
      field.y[at]! += y;
      field.weight[at]! += 1;
    }
  }
}

/** Takes back what was noted in squares whose middle, in pixels of the frame, is said to rest. */
export function holdStill(field: StepField, isStill: (x: number, y: number) => boolean): void {
  const { box, columns, weight } = field;
  for (const [at, times] of weight.entries()) {
    const x = box.x + ((at % columns) + 0.5) * CELL;
    const y = box.y + (Math.floor(at / columns) + 0.5) * CELL;
    if (times === 0 || !isStill(x, y)) continue;
    field.x[at] = 0;
    field.y[at] = 0;
  }
}

/** Adds up drawings of a part of the frame, and spreads their sum. */
export type Smear = {
  /** Adds a drawing of the box; alpha is 0 where nothing was drawn. */
  expose(drawing: Surface): void;
  /** Adds the frame itself; something was drawn where it differs from what lay behind. */
  exposeFrame(canvas: Surface, under: Surface): void;
  /** Writes the mean of the `count` drawings, spread, over what lay behind to the canvas. */
  develop(count: number, under: Surface, canvas: Surface): void;
};

/** Begins a sum; only squares of the field in which something moves are looked at. */
export function openSmear(field: StepField, room: SmearRoom): Smear {
  const { box } = field;
  const { width, height } = box;
  const reach = Math.min(REACH_MAX, Math.ceil(longestStep(field) / 2) + 1);
  const spans = findSpans(field, reach);
  if (room.even.length < width * height) {
    room.even = new Uint32Array(width * height);
    room.odd = new Uint32Array(width * height);
  }
  const wide = width + 2 * reach;
  // Blocks at the right and lower edges read beyond them.
  const size = wide * (height + 2 * reach + BLOCK);
  if (room.spread.drawn.length < size) room.spread = makeSpreadRoom(size);
  const { even, odd } = room;
  return {
    expose({ pixels }) {
      for (let y = 0; y < height; y++) {
        const end = y * width + spans.ends[y]!;
        for (let at = y * width + spans.starts[y]!; at < end; at++) {
          const pixel = pixels[at]!;
          if (pixel >>> 24 === 0) continue;
          even[at]! += pixel & 0x00ff00ff;
          odd[at]! += (pixel >>> 8) & 0x00ff00ff;
        }
      }
    },
    exposeFrame(canvas, under) {
      for (let y = 0; y < height; y++) {
        const aside = (y + box.y) * canvas.width + box.x - y * width;
        const end = y * width + spans.ends[y]!;
        for (let at = y * width + spans.starts[y]!; at < end; at++) {
          const pixel = canvas.pixels[at + aside]!;
          if (((pixel ^ under.pixels[at]!) & COLOUR) === 0) continue;
          even[at]! += pixel & 0x00ff00ff;
          odd[at]! += (pixel >>> 8) & 0x00ff00ff;
        }
      }
    },
    develop(count, under, canvas) {
      layDrawn(room, spans, box, reach, count);
      spreadField(field, room.spread, reach, under, canvas);
    },
  };
}

/** The part of each row of a box that is looked at. */
type Spans = { starts: Int32Array; ends: Int32Array };

/** From each moving square as far as anything is spread. */
function findSpans({ box, columns, rows, weight }: StepField, reach: number): Spans {
  const starts = new Int32Array(box.height).fill(box.width);
  const ends = new Int32Array(box.height);
  for (let row = 0; row < rows; row++) {
    const cells = weight.subarray(row * columns, (row + 1) * columns);
    const first = cells.findIndex((times) => times > 0);
    if (first < 0) continue;
    const last = cells.findLastIndex((times) => times > 0);
    const from = Math.max(0, first * CELL - reach);
    const to = Math.min(box.width, (last + 1) * CELL + reach);
    const bottom = Math.min(box.height, (row + 1) * CELL + reach);
    for (let y = Math.max(0, row * CELL - reach); y < bottom; y++) {
      starts[y] = Math.min(starts[y]!, from);
      ends[y] = Math.max(ends[y]!, to);
    }
  }
  return { starts, ends };
}

/** The mean of what was drawn, times its alpha, with the edges of the box repeated around it. */
function layDrawn(
  { even, odd, spread: { drawn } }: SmearRoom,
  { starts, ends }: Spans,
  { width, height }: Box,
  reach: number,
  count: number,
): void {
  const share = Uint8Array.from({ length: 255 * count + 1 }, (_, sum) => Math.round(sum / count));
  const wide = width + 2 * reach;
  for (let y = 0; y < height; y++) {
    const [start, end] = [starts[y]!, ends[y]!];
    const row = (y + reach) * wide + reach;
    for (let x = start; x < end; x++) {
      const at = y * width + x;
      const [two, others] = [even[at]!, odd[at]!];
      drawn[row + x] =
        share[two & 0xffff]! |
        (share[others & 0xffff]! << 8) |
        (share[two >>> 16]! << 16) |
        (share[others >>> 16]! << 24);
    }
    drawn.fill(drawn[row]!, row - reach, row);
    drawn.fill(drawn[row + width - 1]!, row + width, row + width + reach);
    if (start >= end) continue;
    even.fill(0, y * width + start, y * width + end);
    odd.fill(0, y * width + start, y * width + end);
  }
  const first = reach * wide;
  const last = (reach + height - 1) * wide;
  for (let y = 0; y < reach; y++) {
    drawn.copyWithin(y * wide, first, first + wide);
    drawn.copyWithin((reach + height + y) * wide, last, last + wide);
  }
}

function spreadField(
  field: StepField,
  room: SpreadRoom,
  reach: number,
  under: Surface,
  canvas: Surface,
): void {
  const { box, columns, weight } = field;
  const { addTaps, sums, taps, drawn } = room;
  const stride = (box.width + 2 * reach) * WORD_BYTES;
  const step = { x: 0, y: 0 };
  const place = { x: 0, y: 0, right: 0, bottom: 0 };
  for (let y = 0; y < box.height; y += BLOCK) {
    for (let x = 0; x < box.width; x += BLOCK) {
      if (weight[Math.floor(y / CELL) * columns + Math.floor(x / CELL)] === 0) continue;
      place.x = x;
      place.y = y;
      place.right = Math.min(x + BLOCK, box.width);
      place.bottom = Math.min(y + BLOCK, box.height);
      readStep(field, x + BLOCK / 2, y + BLOCK / 2, step);
      const way = Math.hypot(step.x, step.y);
      const share = Math.min(1, (2 * (reach - 1)) / Math.max(way, 1e-6));
      const count = way < STEP_MIN ? 1 : Math.ceil((share * way) / TAP);
      for (let tap = 0; tap < count; tap++) {
        const part = share * ((tap + 0.5) / count - 0.5);
        const across = (reach + Math.round(part * step.x)) * WORD_BYTES;
        taps[tap] = (reach + Math.round(part * step.y)) * stride + across;
      }
      const block = drawn.byteOffset + y * stride + x * WORD_BYTES;
      addTaps(block, stride, taps.byteOffset, count, sums.byteOffset);
      layBlock(sums, count, under, place, box, canvas);
    }
  }
}

type Place = { x: number; y: number; right: number; bottom: number };

/** Lays a block of sums over what was behind. */
function layBlock(
  sums: Uint32Array,
  count: number,
  under: Surface,
  place: Place,
  box: Box,
  canvas: Surface,
): void {
  for (let y = place.y; y < place.bottom; y++) {
    const to = (y + box.y) * canvas.width + box.x;
    let at = (y - place.y) * BLOCK * 2;
    for (let x = place.x; x < place.right; x++, at += 2) {
      const behind = under.pixels[y * box.width + x]!;
      canvas.pixels[to + x] = layOver(behind, sums[at]!, sums[at + 1]!, count);
    }
  }
}

/**
 * The mean of `count` colours, each times its alpha, over another one. `first` is their sums of red
 * and, in the upper half, green; `second` those of blue and alpha.
 */
function layOver(under: number, first: number, second: number, count: number): number {
  const alpha = second >>> 16;
  if (alpha === 0) return under | OPAQUE;
  const open = 1 - alpha / (255 * count);
  const share = 1 / count;
  const red = (first & 0xffff) * share + open * (under & 0xff) + 0.5;
  const green = (first >>> 16) * share + open * ((under >>> 8) & 0xff) + 0.5;
  const blue = (second & 0xffff) * share + open * ((under >>> 16) & 0xff) + 0.5;
  return Math.min(red, 255) | (Math.min(green, 255) << 8) | (Math.min(blue, 255) << 16) | OPAQUE;
}

function longestStep({ x, y, weight }: StepField): number {
  let longest = 0;
  for (const [at, times] of weight.entries()) {
    if (times > 0) longest = Math.max(longest, Math.hypot(x[at]!, y[at]!) / times);
  }
  return longest;
}

/** The step at a place of a moving square, by it and the moving ones around it. */
function readStep(field: StepField, x: number, y: number, out: { x: number; y: number }): void {
  const { columns, rows } = field;
  const column = x / CELL - 0.5;
  const row = y / CELL - 0.5;
  const left = Math.floor(column);
  const top = Math.floor(row);
  let sumX = 0;
  let sumY = 0;
  let sum = 0;
  for (let i = 0; i < 4; i++) {
    const right = i & 1;
    const down = i >> 1;
    const at =
      Math.min(rows - 1, Math.max(0, top + down)) * columns +
      Math.min(columns - 1, Math.max(0, left + right));
    const times = field.weight[at]!;
    if (times === 0) continue;
    const share = (right ? column - left : 1 - column + left) * (down ? row - top : 1 - row + top);
    sumX += (share * field.x[at]!) / times;
    sumY += (share * field.y[at]!) / times;
    sum += share;
  }
  out.x = sumX / sum;
  out.y = sumY / sum;
}
