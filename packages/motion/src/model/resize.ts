/** Makes planes smaller by whole factors and larger by interpolation. */

/** Mean of `factor` x `factor` blocks; the last row and column of blocks may be partial. */
export function shrinkPlane(
  source: Float32Array,
  width: number,
  height: number,
  factor: number,
): { data: Float32Array; width: number; height: number } {
  const smallWidth = Math.ceil(width / factor);
  const smallHeight = Math.ceil(height / factor);
  const data = new Float32Array(smallWidth * smallHeight);
  if (factor === 1) {
    data.set(source);
    return { data, width, height };
  }
  const wholeWidth = Math.floor(width / factor);
  const share = 1 / (factor * factor);
  for (let sy = 0; sy < smallHeight; sy++) {
    const isWhole = (sy + 1) * factor <= height;
    if (isWhole) shrinkRow(source, width, factor, share, sy, data.subarray(sy * smallWidth));
    const yEnd = Math.min(height, (sy + 1) * factor);
    for (let sx = isWhole ? wholeWidth : 0; sx < smallWidth; sx++) {
      const xEnd = Math.min(width, (sx + 1) * factor);
      let sum = 0;
      for (let y = sy * factor; y < yEnd; y++) {
        for (let x = sx * factor; x < xEnd; x++) sum += source[y * width + x]!;
      }
      data[sy * smallWidth + sx] = sum / ((yEnd - sy * factor) * (xEnd - sx * factor));
    }
  }
  return { data, width: smallWidth, height: smallHeight };
}

/** The means of the whole blocks of one row of blocks. */
function shrinkRow(
  source: Float32Array,
  width: number,
  factor: number,
  share: number,
  row: number,
  target: Float32Array,
): void {
  const count = Math.floor(width / factor);
  const start = row * factor * width;
  const end = start + factor * width;
  for (let column = 0; column < count; column++) {
    let sum = 0;
    for (let line = start + column * factor; line < end; line += width) {
      for (let i = line; i < line + factor; i++) sum += source[i]!;
    }
    target[column] = sum * share;
  }
}

/**
 * Bilinear value at a place given in pixel centres (0, 0 is the middle of the first pixel); edges
 * repeat.
 */
export function samplePlane(
  source: Float32Array,
  width: number,
  height: number,
  x: number,
  y: number,
): number {
  const cx = x < 0 ? 0 : Math.min(x, width - 1);
  const cy = y < 0 ? 0 : Math.min(y, height - 1);
  const x0 = cx | 0;
  const y0 = cy | 0;
  const x1 = x0 + 1 < width ? x0 + 1 : x0;
  const fx = cx - x0;
  const fy = cy - y0;
  const below = y0 + 1 < height ? (y0 + 1) * width : y0 * width;
  const top = source[y0 * width + x0]! * (1 - fx) + source[y0 * width + x1]! * fx;
  const bottom = source[below + x0]! * (1 - fx) + source[below + x1]! * fx;
  return top * (1 - fy) + bottom * fy;
}

/** Between which two small pixels each large one lies along a line, and how near to the second. */
export type Taps = { from: Int32Array; to: Int32Array; part: Float32Array };

/** The taps of `count` pixels over `smallCount` blocks of `factor` pixels; edges repeat. */
export function tapLine(count: number, smallCount: number, factor: number): Taps {
  const from = new Int32Array(count);
  const to = new Int32Array(count);
  const part = new Float32Array(count);
  const offset = (factor - 1) / 2;
  for (let i = 0; i < count; i++) {
    const place = Math.min(Math.max((i - offset) / factor, 0), smallCount - 1);
    from[i] = Math.floor(place);
    to[i] = Math.min(from[i]! + 1, smallCount - 1);
    part[i] = place - from[i]!;
  }
  return { from, to, part };
}

/** Undoes {@link shrinkPlane} smoothly: bilinear between the middles of the blocks. */
export function growPlane(
  source: Float32Array,
  smallWidth: number,
  smallHeight: number,
  factor: number,
  width: number,
  height: number,
): Float32Array {
  const target = new Float32Array(width * height);
  const columns = tapLine(width, smallWidth, factor);
  const rows = tapLine(height, smallHeight, factor);
  const line = new Float32Array(smallWidth);
  for (let y = 0; y < height; y++) {
    mixRows(source, rows, y, line);
    growRow(line, columns, target, y * width);
  }
  return target;
}

function growRow(
  line: Float32Array,
  { from, to, part }: Taps,
  target: Float32Array,
  start: number,
): void {
  for (let x = 0; x < from.length; x++) {
    const a = line[from[x]!]!;
    target[start + x] = a + (line[to[x]!]! - a) * part[x]!;
  }
}

/** Writes the row of small pixels that large row `y` lies on, as long as `line`. */
export function mixRows(source: Float32Array, rows: Taps, y: number, line: Float32Array): void {
  const width = line.length;
  const top = rows.from[y]! * width;
  const bottom = rows.to[y]! * width;
  const part = rows.part[y]!;
  for (let x = 0; x < width; x++) {
    const a = source[top + x]!;
    line[x] = a + (source[bottom + x]! - a) * part;
  }
}
