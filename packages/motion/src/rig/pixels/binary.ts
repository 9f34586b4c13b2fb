/** Yes-or-no masks (1 or 0 a pixel): connected parts, growing and shrinking. */

import { distanceToSegment } from '../../model/segment.ts';

/**
 * Numbers the 4-connected parts of a mask from 1 on, in the order of their first pixels; `sizes[n]`
 * is the pixel count of part n (two passes with a union of provisional labels, Rosenfeld and Pfaltz
 * 1966).
 */
export function labelComponents(
  mask: Uint8Array,
  width: number,
  height: number,
): { labels: Int32Array; sizes: number[] } {
  const labels = new Int32Array(mask.length);
  // What a provisional label is part of: an older one, or itself.
  const parents = [0];
  for (let y = 0; y < height; y++) labelRow(mask, labels, parents, y * width, width);
  return { labels, sizes: renumber(labels, parents) };
}

function labelRow(
  mask: Uint8Array,
  labels: Int32Array,
  parents: number[],
  start: number,
  width: number,
): void {
  let left = 0;
  for (let i = start; i < start + width; i++) {
    if (mask[i] === 0) {
      left = 0;
      continue;
    }
    const above = i >= width ? labels[i - width]! : 0;
    if (left === 0 && above === 0) left = parents.push(parents.length) - 1;
    else if (left === 0) left = above;
    else if (above !== 0 && above !== left) unite(parents, left, above);
    labels[i] = left;
  }
}

function findRoot(parents: number[], label: number): number {
  let root = label;
  while (parents[root] !== root) root = parents[root]!;
  parents[label] = root;
  return root;
}

function unite(parents: number[], one: number, other: number): void {
  const a = findRoot(parents, one);
  const b = findRoot(parents, other);
  if (a < b) parents[b] = a;
  else parents[a] = b;
}

/** Replaces provisional labels by numbers without gaps; returns how often each one occurs. */
function renumber(labels: Int32Array, parents: number[]): number[] {
  const sizes = [0];
  const numbers = new Int32Array(parents.length);
  for (let label = 1; label < parents.length; label++) {
    const root = findRoot(parents, label);
    numbers[label] = root === label ? sizes.push(0) - 1 : numbers[root]!;
  }
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] === 0) continue;
    const number = numbers[labels[i]!]!;
    labels[i] = number;
    sizes[number]!++;
  }
  return sizes;
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
