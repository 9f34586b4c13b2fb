/** Yes-or-no masks (1 or 0 a pixel): connected parts, growing and shrinking. */

import { distanceToSegment } from '../../model/segment.ts';

/** Numbers the 4-connected parts of a mask from 1 on; `sizes[n]` is the pixel count of part n. */
export function labelComponents(
  mask: Uint8Array,
  width: number,
  height: number,
): { labels: Int32Array; sizes: number[] } {
  const labels = new Int32Array(mask.length);
  const sizes = [0];
  const stack = new Int32Array(mask.length);
  for (let start = 0; start < mask.length; start++) {
    if (mask[start] === 0 || labels[start] !== 0) continue;
    const label = sizes.length;
    let depth = 0;
    let size = 0;
    const visit = (i: number): void => {
      if (mask[i] === 0 || labels[i] !== 0) return;
      labels[i] = label;
      stack[depth++] = i;
      size++;
    };
    visit(start);
    while (depth > 0) {
      const i = stack[--depth]!;
      const x = i % width;
      if (x > 0) visit(i - 1);
      if (x < width - 1) visit(i + 1);
      if (i >= width) visit(i - width);
      if (i < width * (height - 1)) visit(i + width);
    }
    sizes.push(size);
  }
  return { labels, sizes };
}

/** 1 where a value is above a limit. */
export function maskAbove(values: Float32Array, limit: number): Uint8Array {
  const mask = new Uint8Array(values.length);
  for (let i = 0; i < mask.length; i++) mask[i] = values[i]! > limit ? 1 : 0;
  return mask;
}

/** 1 where a label is the given one. */
export function maskOfLabel(labels: Int8Array, label: number): Uint8Array {
  const mask = new Uint8Array(labels.length);
  for (let i = 0; i < mask.length; i++) mask[i] = labels[i] === label ? 1 : 0;
  return mask;
}

/** 1 wherever a set pixel is within `radius` pixels (square neighbourhood). */
export function dilate(
  mask: Uint8Array,
  width: number,
  height: number,
  radius: number,
): Uint8Array {
  const rows = new Uint8Array(mask.length);
  for (let y = 0; y < height; y++) dilateLine(mask, rows, y * width, 1, width, radius);
  const result = new Uint8Array(mask.length);
  for (let x = 0; x < width; x++) dilateLine(rows, result, x, width, height, radius);
  return result;
}

/** Walks a line in both directions and sets what is at most `radius` steps after a set pixel. */
function dilateLine(
  source: Uint8Array,
  target: Uint8Array,
  start: number,
  step: number,
  count: number,
  radius: number,
): void {
  let since = radius + 1;
  for (let n = 0, i = start; n < count; n++, i += step) {
    since = source[i] === 1 ? 0 : since + 1;
    if (since <= radius) target[i] = 1;
  }
  since = radius + 1;
  for (let n = count - 1, i = start + (count - 1) * step; n >= 0; n--, i -= step) {
    since = source[i] === 1 ? 0 : since + 1;
    if (since <= radius) target[i] = 1;
  }
}

/** Sets the pixels of a disc. */
export function paintDisc(
  mask: Uint8Array,
  width: number,
  height: number,
  centreX: number,
  centreY: number,
  radius: number,
): void {
  paintCapsule(mask, width, height, centreX, centreY, centreX, centreY, radius);
}

/** Sets the pixels within `radius` of a line segment. */
export function paintCapsule(
  mask: Uint8Array,
  width: number,
  height: number,
  ax: number,
  ay: number,
  bx: number,
  by: number,
  radius: number,
): void {
  const yStart = Math.max(0, Math.floor(Math.min(ay, by) - radius));
  const yEnd = Math.min(height - 1, Math.ceil(Math.max(ay, by) + radius));
  const xStart = Math.max(0, Math.floor(Math.min(ax, bx) - radius));
  const xEnd = Math.min(width - 1, Math.ceil(Math.max(ax, bx) + radius));
  for (let y = yStart; y <= yEnd; y++) {
    for (let x = xStart; x <= xEnd; x++) {
      if (distanceToSegment(x, y, ax, ay, bx, by) <= radius) mask[y * width + x] = 1;
    }
  }
}
