/** Yes-or-no masks (1 or 0 a pixel): connected parts, growing and shrinking. */

import { blurBox } from '../../model/blur.ts';
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

/** 1 wherever a set pixel is within `radius` pixels (square neighbourhood). */
export function dilate(
  mask: Uint8Array,
  width: number,
  height: number,
  radius: number,
): Uint8Array {
  const means = blurBox(Float32Array.from(mask), width, height, radius);
  const floor = 0.5 / (2 * radius + 1) ** 2;
  return Uint8Array.from(means, (mean) => (mean > floor ? 1 : 0));
}

/** 1 where all pixels within `radius` are set (square neighbourhood; outside the picture counts as set). */
export function erode(mask: Uint8Array, width: number, height: number, radius: number): Uint8Array {
  const inverse = mask.map((value) => 1 - value);
  return dilate(inverse, width, height, radius).map((value) => 1 - value);
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
