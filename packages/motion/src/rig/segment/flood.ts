/** Divides a matte among seeds: each pixel goes to the seed that reaches it at the least cost. */

import type { Rgb } from '../../model/rgb.ts';
import { NO_PART } from './parts.ts';

/** Cost of a change of colour, a unit of summed channel difference. */
const CHANGE_COST = 0.3;
/** Cost of a colour unlike the part's own, a unit of excess and pixel. */
const EXCESS_COST = 0.12;
/** Added to the cost of a pixel that is hardly there. */
const FAINT_COST = 3;
const FAINT_ALPHA = 0.3;
/** Pixels fainter than this belong to nobody. */
const ALPHA_MIN = 0.02;

/**
 * Dijkstra's shortest paths from all seeds at once over 8 neighbours. `excess` holds a plane for
 * each part, or nothing when colours of parts shall not count. Distances are float64: float32
 * leaves holes.
 */
export function floodParts(
  rgb: Rgb,
  alpha: Float32Array,
  seeds: Int8Array,
  excess: readonly Float32Array[],
): Int8Array {
  const { width, height, channels } = rgb;
  const [r, g, b] = channels;
  const labels = new Int8Array(seeds.length).fill(NO_PART);
  const distances = new Float64Array(seeds.length).fill(Number.POSITIVE_INFINITY);
  const owner = Int8Array.from(seeds);
  const queue = createQueue(seeds.length);
  for (let i = 0; i < seeds.length; i++) {
    if (seeds[i] === NO_PART) continue;
    distances[i] = 0;
    queue.push(i, 0);
  }
  for (let i = queue.pop(); i >= 0; i = queue.pop()) {
    if (labels[i] !== NO_PART) continue;
    const part = owner[i]!;
    labels[i] = part;
    const plane = excess[part];
    const x = i % width;
    const y = (i - x) / width;
    for (let dy = -1; dy <= 1; dy++) {
      for (let dx = -1; dx <= 1; dx++) {
        if (x + dx < 0 || x + dx >= width || y + dy < 0 || y + dy >= height) continue;
        const j = i + dy * width + dx;
        if (labels[j] !== NO_PART || alpha[j]! < ALPHA_MIN) continue;
        const length = dx !== 0 && dy !== 0 ? Math.SQRT2 : 1;
        const change = Math.abs(r[i]! - r[j]!) + Math.abs(g[i]! - g[j]!) + Math.abs(b[i]! - b[j]!);
        const faint = alpha[j]! < FAINT_ALPHA ? FAINT_COST : 0;
        const unlike = plane === undefined ? 0 : EXCESS_COST * plane[j]!;
        const next = distances[i]! + length * (1 + faint + unlike) + CHANGE_COST * change;
        if (next >= distances[j]!) continue;
        distances[j] = next;
        owner[j] = part;
        queue.push(j, next);
      }
    }
  }
  return labels;
}

/**
 * Binary heap of pixel numbers by cost; a pixel may be in it several times, the cheapest comes
 * first.
 */
function createQueue(pixelCount: number): {
  push: (pixel: number, cost: number) => void;
  pop: () => number;
} {
  let pixels = new Int32Array(pixelCount + 1);
  let costs = new Float64Array(pixelCount + 1);
  let count = 0;
  const grow = (): void => {
    const [oldPixels, oldCosts] = [pixels, costs];
    pixels = new Int32Array(oldPixels.length * 2);
    costs = new Float64Array(oldCosts.length * 2);
    pixels.set(oldPixels);
    costs.set(oldCosts);
  };
  const push = (pixel: number, cost: number): void => {
    if (count === pixels.length) grow();
    let at = count++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (costs[parent]! <= cost) break;
      pixels[at] = pixels[parent]!;
      costs[at] = costs[parent]!;
      at = parent;
    }
    pixels[at] = pixel;
    costs[at] = cost;
  };
  const pop = (): number => {
    if (count === 0) return -1;
    const top = pixels[0]!;
    const pixel = pixels[--count]!;
    const cost = costs[count]!;
    let at = 0;
    while (2 * at + 1 < count) {
      let child = 2 * at + 1;
      if (child + 1 < count && costs[child + 1]! < costs[child]!) child++;
      if (costs[child]! >= cost) break;
      pixels[at] = pixels[child]!;
      costs[at] = costs[child]!;
      at = child;
    }
    pixels[at] = pixel;
    costs[at] = cost;
    return top;
  };
  return { push, pop };
}
