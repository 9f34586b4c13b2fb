/**
 * Box blurs in constant time a pixel; windows that leave the picture average only what is inside
 * it.
 */

/**
 * Mean over a square of side `2 * radius + 1`. `target` and `rows`, which holds what lies between,
 * may not be `source` nor each other.
 */
export function blurBox(
  source: Float32Array,
  width: number,
  height: number,
  radius: number,
  target: Float32Array = new Float32Array(source.length),
  rows: Float32Array = new Float32Array(source.length),
): Float32Array {
  const r = Math.max(0, Math.round(radius));
  if (r === 0) {
    target.set(source);
    return target;
  }
  for (let y = 0; y < height; y++) blurRow(source, rows, y * width, width, r);
  blurColumns(rows, target, width, height, r);
  return target;
}

/** Near-Gaussian blur of standard deviation `sigma` pixels: three box blurs (central limit). */
export function blurGaussian(
  source: Float32Array,
  width: number,
  height: number,
  sigma: number,
): Float32Array {
  // Three boxes of radius r have the variance r * (r + 1).
  const radius = Math.max(1, Math.round((Math.sqrt(1 + 4 * sigma * sigma) - 1) / 2));
  const rows = new Float32Array(source.length);
  const first = blurBox(source, width, height, radius, new Float32Array(source.length), rows);
  const second = blurBox(first, width, height, radius, new Float32Array(source.length), rows);
  return blurBox(second, width, height, radius, first, rows);
}

function blurRow(
  source: Float32Array,
  target: Float32Array,
  start: number,
  width: number,
  r: number,
): void {
  let sum = 0;
  for (let x = 0; x < Math.min(r, width); x++) sum += source[start + x]!;
  // Where the whole window is inside nothing has to be asked and the share is always the same.
  const insideFrom = Math.min(r + 1, width);
  const insideTo = Math.max(insideFrom, width - r);
  const share = 1 / (2 * r + 1);
  for (let x = 0; x < insideFrom; x++)
    sum = blurNearBorder(source, target, start, width, r, x, sum);
  for (let at = start + insideFrom; at < start + insideTo; at++) {
    sum += source[at + r]! - source[at - r - 1]!;
    target[at] = sum * share;
  }
  for (let x = insideTo; x < width; x++) {
    sum = blurNearBorder(source, target, start, width, r, x, sum);
  }
}

/** One value of a row whose window may leave the picture; returns the new sum of the window. */
function blurNearBorder(
  source: Float32Array,
  target: Float32Array,
  start: number,
  width: number,
  r: number,
  x: number,
  sum: number,
): number {
  let moved = sum;
  if (x + r < width) moved += source[start + x + r]!;
  if (x - r - 1 >= 0) moved -= source[start + x - r - 1]!;
  target[start + x] = moved / (Math.min(x + r, width - 1) - Math.max(x - r, 0) + 1);
  return moved;
}

/** Works row by row with one running sum a column, because memory is read in rows. */
function blurColumns(
  source: Float32Array,
  target: Float32Array,
  width: number,
  height: number,
  r: number,
): void {
  const sums = new Float64Array(width);
  const nothing = new Float32Array(width);
  const rowAt = (y: number): Float32Array =>
    y < 0 || y >= height ? nothing : source.subarray(y * width, (y + 1) * width);
  for (let y = 0; y < Math.min(r, height); y++) {
    const row = rowAt(y);
    for (let x = 0; x < width; x++) sums[x]! += row[x]!;
  }
  for (let y = 0; y < height; y++) {
    const coming = rowAt(y + r);
    const going = rowAt(y - r - 1);
    const share = 1 / (Math.min(y + r, height - 1) - Math.max(y - r, 0) + 1);
    const start = y * width;
    for (let x = 0; x < width; x++) {
      const sum = sums[x]! + (coming[x]! - going[x]!);
      sums[x] = sum;
      target[start + x] = sum * share;
    }
  }
}
