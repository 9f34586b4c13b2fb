/**
 * What all rules about the parts of a body look at: a small picture of the figure and where its
 * joints are in it.
 */

import type { Framing, JointPositions } from '../../model/character.ts';
import type { Colour } from '../../model/colour.ts';
import type { Point } from '../../model/geometry.ts';
import type { Face } from '../../model/pose.ts';
import type { Rgb } from '../../model/rgb.ts';

export type Figure = {
  /** The box around the figure at segmentation size. */
  rgb: Rgb;
  /** Matte, 0..1, same size. */
  alpha: Float32Array;
  /** Joints in pixels of `rgb`. */
  joints: JointPositions;
  /** Face points in pixels of `rgb`. */
  face: Face | null;
  framing: Framing;
};

/** Mean colour of the solid pixels within one pixel of a place, or null when there are none. */
export function colourAt(figure: Figure, { x, y }: Point): Colour | null {
  const { width, height, channels } = figure.rgb;
  const sum = [0, 0, 0];
  let count = 0;
  for (let py = Math.round(y) - 1; py <= Math.round(y) + 1; py++) {
    for (let px = Math.round(x) - 1; px <= Math.round(x) + 1; px++) {
      if (px < 0 || py < 0 || px >= width || py >= height) continue;
      const i = py * width + px;
      if (figure.alpha[i]! < 0.5) continue;
      for (let c = 0; c < 3; c++) sum[c]! += channels[c]![i]!;
      count++;
    }
  }
  return count === 0 ? null : [sum[0]! / count, sum[1]! / count, sum[2]! / count];
}

export function colourDistance(a: Colour, b: Colour): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

/** Distance that ignores brightness: differences of channels only. */
export function chromaDistance(a: Colour, b: Colour): number {
  return Math.hypot(a[0] - a[1] - (b[0] - b[1]), a[1] - a[2] - (b[1] - b[2]));
}
