/**
 * Paints the white of an eye as it goes on behind its iris, so that nothing of the iris is left
 * when it moves away.
 */

import { rimHeight } from '../model/eyes.ts';
import type { Point } from '../model/geometry.ts';

/** The parts of an eye that are looked at pixel by pixel; places are in widths of the eye. */
export type EyeArea = {
  width: number;
  height: number;
  /** The place of each pixel, x and y. */
  places: Float32Array;
  pixels: Int32Array;
};

/** The iris as it lies in the picture. */
export type OwnIris = { across: number; down: number; radius: number };

/** White is painted as far out as this part of the iris's radius. */
const REACH = 1.25;
/** Colours flow into the gap from its sides in so many rounds. */
const ROUNDS = 160;
/** A gap of more pixels begins with what flows into it at half the size, and is soon done. */
const PIXELS_MAX = 2500;
const ROUNDS_AFTER = 8;

/** The pixels of the area without the iris: inside of the rims its place is filled from beside. */
export function fillWhite(
  area: EyeArea,
  upper: readonly Point[],
  lower: readonly Point[],
  iris: OwnIris,
): Int32Array {
  const { width, height, places } = area;
  const count = width * height;
  const inside = new Uint8Array(count);
  const gap: number[] = [];
  for (let i = 0; i < count; i += 1) {
    const [u, v] = [places[i * 2]!, places[i * 2 + 1]!];
    if (Math.abs(u) >= 0.5 || v <= rimHeight(upper, u) || v >= rimHeight(lower, u)) continue;
    inside[i] = 1;
    if (Math.hypot(u - iris.across, v - iris.down) < REACH * iris.radius) gap.push(i);
  }
  return fillFromBeside(area, gap, inside);
}

/** The pixels of the area, in the gap those that flow in from the rest of what is `inside`. */
export function fillFromBeside(
  { width, pixels }: EyeArea,
  gap: readonly number[],
  inside: Uint8Array,
): Int32Array {
  const channels = [0, 8, 16].map((shift) => {
    const channel = new Float32Array(pixels.length);
    for (let i = 0; i < channel.length; i += 1) channel[i] = (pixels[i]! >>> shift) & 0xff;
    return channel;
  });
  fillChannels({ width, channels, inside, gap });
  const result = new Int32Array(pixels);
  const [reds, greens, blues] = channels as [Float32Array, Float32Array, Float32Array];
  for (const i of gap) {
    const colour =
      Math.round(reds[i]!) | (Math.round(greens[i]!) << 8) | (Math.round(blues[i]!) << 16);
    result[i] = (pixels[i]! & 0xff000000) | colour;
  }
  return result;
}

type Gap = {
  width: number;
  channels: Float32Array[];
  /** 1 where a pixel counts, in the gap and beside it. */
  inside: Uint8Array;
  gap: readonly number[];
};

/** Fills the gap in place, coarse before fine: nested iteration, as in multigrid methods. */
function fillChannels(area: Gap): void {
  const { width, channels, inside, gap } = area;
  if (gap.length <= PIXELS_MAX) {
    const known = new Float32Array(inside);
    for (const i of gap) known[i] = 0;
    for (const channel of channels) {
      if (startFromMean(channel, known, gap)) flow(channel, gap, inside, width, ROUNDS);
    }
    return;
  }
  const half = halve(area);
  fillChannels(half);
  for (const [n, channel] of channels.entries()) {
    const coarse = half.channels[n]!;
    for (const i of gap) {
      const column = i % width;
      channel[i] = coarse[(((i - column) / width) >> 1) * half.width + (column >> 1)]!;
    }
    flow(channel, gap, inside, width, ROUNDS_AFTER);
  }
}

/** Every second pixel each way: the mean of what is known of four, a gap where nothing is. */
function halve({ width, channels, inside, gap }: Gap): Gap {
  const across = (width + 1) >> 1;
  const count = across * ((inside.length / width + 1) >> 1);
  const sums = channels.map(() => new Float32Array(count));
  const known = new Float32Array(count);
  const isGap = new Uint8Array(inside.length);
  for (const i of gap) isGap[i] = 1;
  const inHalf = new Uint8Array(count);
  for (let i = 0; i < inside.length; i += 1) {
    if (!inside[i]) continue;
    const column = i % width;
    const at = (((i - column) / width) >> 1) * across + (column >> 1);
    inHalf[at] = 1;
    if (isGap[i]) continue;
    known[at]! += 1;
    for (const [n, sum] of sums.entries()) sum[at]! += channels[n]![i]!;
  }
  const gapOfHalf: number[] = [];
  for (let at = 0; at < count; at += 1) {
    if (known[at]! > 0) for (const sum of sums) sum[at]! /= known[at]!;
    else if (inHalf[at]) gapOfHalf.push(at);
  }
  return { width: across, channels: sums, inside: inHalf, gap: gapOfHalf };
}

/** False where nothing is known from which colours could flow. */
function startFromMean(channel: Float32Array, known: Float32Array, gap: readonly number[]) {
  let [sum, total] = [0, 0];
  for (let i = 0; i < channel.length; i += 1) {
    sum += known[i]! * channel[i]!;
    total += known[i]!;
  }
  if (total === 0) return false;
  for (const i of gap) channel[i] = sum / total;
  return true;
}

/** Solves Laplace's equation in the gap; nothing flows in through the rims. */
function flow(
  channel: Float32Array,
  gap: readonly number[],
  inside: Uint8Array,
  width: number,
  rounds: number,
): void {
  for (let round = 0; round < rounds; round += 1) {
    for (let step = 0; step < gap.length; step += 1) {
      // There and back, so that colours flow as fast in both directions.
      const i = gap[round % 2 === 0 ? step : gap.length - 1 - step]!;
      let around = 0;
      let neighbours = 0;
      for (let side = 0; side < 4; side += 1) {
        const next = i + (side < 2 ? 2 * side - 1 : (2 * side - 5) * width);
        if (!inside[next]) continue;
        around += channel[next]!;
        neighbours += 1;
      }
      if (neighbours > 0) channel[i] = around / neighbours;
    }
  }
}
