/**
 * Says how like two pictures are, pixel by pixel: for a result whose true pictures are known, as
 * when a clip drives its own first frame.
 */

import type { RgbaImage } from '../model/image.ts';

/** Likeness of two pictures of the same size. */
export type PictureLikeness = {
  /** Structural similarity of luminance, -1..1; 1 for equal pictures. */
  ssim: number;
  /** Peak signal to noise ratio of red, green and blue in decibels; Infinity for equal pictures. */
  psnr: number;
};

/** The Gaussian window of the paper: 11 pixels wide, sigma 1.5. */
const WINDOW_REACH = 5;
const WINDOW_SIGMA = 1.5;
/** Stabilisers (0.01 * 255)^2 and (0.03 * 255)^2. */
const C1 = 6.5025;
const C2 = 58.5225;

/**
 * Mean SSIM (Wang, Bovik, Sheikh & Simoncelli 2004) of BT.709 luma over all windows that lie inside
 * the pictures, and PSNR.
 *
 * @throws RangeError when the sizes differ or a side is shorter than the window
 */
export function comparePictures(a: RgbaImage, b: RgbaImage): PictureLikeness {
  if (a.width !== b.width || a.height !== b.height) {
    throw new RangeError(
      `Pictures of ${a.width} x ${a.height} and ${b.width} x ${b.height} cannot be compared.`,
    );
  }
  if (Math.min(a.width, a.height) <= 2 * WINDOW_REACH) {
    throw new RangeError(`Pictures must be larger than ${2 * WINDOW_REACH} pixels on both sides.`);
  }
  return { ssim: measureSsim(lumaOf(a), lumaOf(b), a.width, a.height), psnr: measurePsnr(a, b) };
}

function measureSsim(a: Float32Array, b: Float32Array, width: number, height: number): number {
  const product = (p: Float32Array, q: Float32Array): Float32Array =>
    p.map((value, i) => value * q[i]!);
  const [meanA, meanB, squareA, squareB, both] = [
    a,
    b,
    product(a, a),
    product(b, b),
    product(a, b),
  ].map((plane) => averageWindows(plane, width, height)) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  let sum = 0;
  for (let i = 0; i < meanA.length; i += 1) {
    const [p, q] = [meanA[i]!, meanB[i]!];
    const varianceA = squareA[i]! - p * p;
    const varianceB = squareB[i]! - q * q;
    const covariance = both[i]! - p * q;
    sum +=
      ((2 * p * q + C1) * (2 * covariance + C2)) /
      ((p * p + q * q + C1) * (varianceA + varianceB + C2));
  }
  return sum / meanA.length;
}

/** Weighted means of the windows around all pixels whose window lies inside. */
function averageWindows(plane: Float32Array, width: number, height: number): Float32Array {
  const kernel = Float32Array.from({ length: 2 * WINDOW_REACH + 1 }, (_, k) =>
    Math.exp(-((k - WINDOW_REACH) ** 2) / (2 * WINDOW_SIGMA ** 2)),
  );
  const total = kernel.reduce((sum, value) => sum + value, 0);
  const columns = width - 2 * WINDOW_REACH;
  const rows = height - 2 * WINDOW_REACH;
  const across = new Float32Array(columns * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < columns; x += 1) {
      let sum = 0;
      for (let k = 0; k < kernel.length; k += 1) sum += kernel[k]! * plane[y * width + x + k]!;
      across[y * columns + x] = sum / total;
    }
  }
  const result = new Float32Array(columns * rows);
  for (let y = 0; y < rows; y += 1) {
    for (let x = 0; x < columns; x += 1) {
      let sum = 0;
      for (let k = 0; k < kernel.length; k += 1) sum += kernel[k]! * across[(y + k) * columns + x]!;
      result[y * columns + x] = sum / total;
    }
  }
  return result;
}

function lumaOf({ width, height, data }: RgbaImage): Float32Array {
  return Float32Array.from(
    { length: width * height },
    (_, i) => 0.2126 * data[i * 4]! + 0.7152 * data[i * 4 + 1]! + 0.0722 * data[i * 4 + 2]!,
  );
}

function measurePsnr(a: RgbaImage, b: RgbaImage): number {
  let sum = 0;
  for (let i = 0; i < a.data.length; i += 4) {
    for (let channel = 0; channel < 3; channel += 1) {
      sum += (a.data[i + channel]! - b.data[i + channel]!) ** 2;
    }
  }
  const error = sum / ((a.data.length / 4) * 3);
  return 10 * Math.log10((255 * 255) / error);
}
