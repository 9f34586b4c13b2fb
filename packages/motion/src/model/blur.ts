/**
 * Box blurs in constant time a pixel; windows that leave the picture average only what is inside
 * it.
 */

/** Mean over a square of side `2 * radius + 1`. `target` may not be `source`. */
export function blurBox(
  source: Float32Array,
  width: number,
  height: number,
  radius: number,
  target: Float32Array = new Float32Array(source.length),
): Float32Array {
  const r = Math.max(0, Math.round(radius));
  if (r === 0) {
    target.set(source);
    return target;
  }
  const rows = new Float32Array(source.length);
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
  const first = blurBox(source, width, height, radius);
  const second = blurBox(first, width, height, radius);
  return blurBox(second, width, height, radius, first);
}

function blurRow(
  source: Float32Array,
  target: Float32Array,
  start: number,
  width: number,
  r: number,
): void {
  let sum = 0;
  let count = 0;
  for (let x = 0; x < Math.min(r, width); x++) {
    sum += source[start + x]!;
    count++;
  }
  for (let x = 0; x < width; x++) {
    if (x + r < width) {
      sum += source[start + x + r]!;
      count++;
    }
    if (x - r - 1 >= 0) {
      sum -= source[start + x - r - 1]!;
      count--;
    }
    target[start + x] = sum / count;
  }
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
  let count = 0;
  const add = (y: number, sign: number): void => {
    const start = y * width;
    for (let x = 0; x < width; x++) sums[x]! += sign * source[start + x]!;
    count += sign;
  };
  for (let y = 0; y < Math.min(r, height); y++) add(y, 1);
  for (let y = 0; y < height; y++) {
    if (y + r < height) add(y + r, 1);
    if (y - r - 1 >= 0) add(y - r - 1, -1);
    const scale = 1 / count;
    const start = y * width;
    for (let x = 0; x < width; x++) target[start + x] = sums[x]! * scale;
  }
}
