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
  for (let sy = 0; sy < smallHeight; sy++) {
    const yEnd = Math.min(height, (sy + 1) * factor);
    for (let sx = 0; sx < smallWidth; sx++) {
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
  const offset = (factor - 1) / 2;
  for (let y = 0; y < height; y++) {
    const sy = (y - offset) / factor;
    for (let x = 0; x < width; x++) {
      const sx = (x - offset) / factor;
      target[y * width + x] = samplePlane(source, smallWidth, smallHeight, sx, sy);
    }
  }
  return target;
}
