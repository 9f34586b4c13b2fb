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
  const channels = [0, 8, 16].map((shift) =>
    Float32Array.from(pixels, (pixel) => (pixel >>> shift) & 0xff),
  );
  const known = Float32Array.from(inside);
  for (const i of gap) known[i] = 0;
  for (const channel of channels) fillGap(channel, gap, known, inside, width);
  const result = Int32Array.from(pixels);
  for (const i of gap) {
    const [red, green, blue] = channels.map((channel) => Math.round(channel[i]!));
    result[i] = (pixels[i]! & 0xff000000) | red! | (green! << 8) | (blue! << 16);
  }
  return result;
}

/** Solves Laplace's equation in the gap; nothing flows in through the rims. */
function fillGap(
  channel: Float32Array,
  gap: readonly number[],
  known: Float32Array,
  inside: Uint8Array,
  width: number,
): void {
  let [sum, total] = [0, 0];
  for (const [i, value] of channel.entries()) {
    sum += known[i]! * value;
    total += known[i]!;
  }
  if (total === 0) return;
  for (const i of gap) channel[i] = sum / total;
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let step = 0; step < gap.length; step += 1) {
      // There and back, so that colours flow as fast in both directions.
      const i = gap[round % 2 === 0 ? step : gap.length - 1 - step]!;
      let [around, neighbours] = [0, 0];
      for (const next of [i - 1, i + 1, i - width, i + width]) {
        if (!inside[next]) continue;
        around += channel[next]!;
        neighbours += 1;
      }
      if (neighbours > 0) channel[i] = around / neighbours;
    }
  }
}
