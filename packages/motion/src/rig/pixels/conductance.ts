/** Tells how much better colours go on downwards than across, from what is around a hole. */

import { blurBox } from '../../model/blur.ts';
import { growPlane, shrinkPlane } from '../../model/resize.ts';
import { createRgb, type Rgb } from '../../model/rgb.ts';
import { clamp } from '../../model/scalar.ts';
import { pullPush } from './pull-push.ts';

/**
 * Vertical conductance where the background has no direction (the horizontal one is 1). People are
 * tall: left and right neighbours explain what is behind them, and horizons continue.
 */
const VERTICAL_CONDUCTANCE = 0.08;
/**
 * Folds of a curtain run down: there the vertical conductance rises, at horizons it falls. What
 * goes on behind a figure ten times as tall as a fold is wide needs the square of that.
 */
const VERTICAL_RANGE = [0.02, 1000] as const;
/** Gradients are averaged over this share of the picture's longer side to find the direction. */
const DIRECTION_SHARE = 0.05;
/** A mean over so much is the same, but for a few percent, of blocks of this side in pixels. */
const BLOCK = 4;
/** Gradients of noise, which have no direction. */
const NOISE_GRADIENT = 0.75;
/** Where less than this share of a place is known, its direction is that of places around it. */
const KNOWN_SHARE_MIN = 0.05;

/**
 * The vertical conductance of each pixel. Strong changes from left to right and weak ones from top
 * to bottom mean that colours go on downwards. Inside the hole (`unknown` is 1) the direction is
 * that of the known pixels around.
 */
export function measureConductance(rgb: Rgb, unknown: Uint8Array): Float32Array {
  const { width, height } = rgb;
  const { across, down, known } = measureGradients(rgb, unknown);
  const columns = Math.ceil(width / BLOCK);
  const rows = Math.ceil(height / BLOCK);
  const radius = (DIRECTION_SHARE * Math.max(width, height)) / BLOCK;
  const spread = (plane: Float32Array) =>
    blurBox(shrinkPlane(plane, width, height, BLOCK).data, columns, rows, radius);
  const share = spread(known);
  const mean = createRgb(columns, rows);
  for (const [c, plane] of [across, down].entries()) {
    const sum = spread(plane);
    for (let i = 0; i < sum.length; i++) mean.channels[c]![i] = sum[i]! / Math.max(1e-4, share[i]!);
  }
  const weight = share.map((value) => (value > KNOWN_SHARE_MIN ? 1 : 0));
  const [sideways, downwards] = pullPush(mean, weight).channels;
  const vertical = sideways.map((change, i) => {
    const ratio = (change + NOISE_GRADIENT) / (downwards[i]! + NOISE_GRADIENT);
    // Its fourth power: a direction counts strongly.
    return clamp(VERTICAL_CONDUCTANCE * ratio * ratio * ratio * ratio, ...VERTICAL_RANGE);
  });
  return growPlane(vertical, columns, rows, BLOCK, width, height);
}

/** Changes of all colours to the next pixel; 0 where `known` is 0, because one of them is not. */
type Gradients = { across: Float32Array; down: Float32Array; known: Float32Array };

function measureGradients({ width, height, channels }: Rgb, unknown: Uint8Array): Gradients {
  const blank = () => new Float32Array(width * height);
  const gradients = { across: blank(), down: blank(), known: blank() };
  const [red, green, blue] = channels;
  for (let y = 0; y < height - 1; y++) {
    measureRow(red, green, blue, unknown, y * width, width, gradients);
  }
  return gradients;
}

function measureRow(
  red: Float32Array,
  green: Float32Array,
  blue: Float32Array,
  unknown: Uint8Array,
  row: number,
  width: number,
  { across, down, known }: Gradients,
): void {
  for (let i = row; i < row + width - 1; i++) {
    const [right, below] = [i + 1, i + width];
    if (unknown[i] === 1 || unknown[right] === 1 || unknown[below] === 1) continue;
    known[i] = 1;
    const [r, g, b] = [red[i]!, green[i]!, blue[i]!];
    across[i] =
      Math.abs(red[right]! - r) + Math.abs(green[right]! - g) + Math.abs(blue[right]! - b);
    down[i] = Math.abs(red[below]! - r) + Math.abs(green[below]! - g) + Math.abs(blue[below]! - b);
  }
}
