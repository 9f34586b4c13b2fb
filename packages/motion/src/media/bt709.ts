/**
 * Mends the colours of decoded pictures: the decoder takes every clip for one of ITU-R BT.601,
 * while high definition is written by BT.709, and cyan dresses turn green.
 */

import { instantiate } from '../kernels/assemble.ts';
import type { RgbaImage } from '../model/image.ts';
import { buildBt709Module, type Mending, type MendPixels } from './bt709-kernel.ts';

/**
 * Luma of BT.601, by which the picture was read, and colour differences of BT.709 over those of
 * BT.601: the coefficients of its decoding matrix over 1.402 and 1.772.
 */
const MENDING: Mending = {
  luma: [0.299, 0.587, 0.114],
  redByRed: 1.5748 / 1.402,
  greenByRed: 0.468124 / 1.402,
  greenByBlue: 0.187324 / 1.772,
  blueByBlue: 1.8556 / 1.772,
};

/** Pixels are mended in bands of this size, the whole memory that a thread needs for it. */
const BAND_BYTES = 65_536;

type Mender = { band: Uint8Array; mendPixels: MendPixels };

let mender: Mender | null = null;

/** In place, `image` having been decoded with the matrix of BT.601 from YCbCr of BT.709. */
export function readAsBt709({ data }: RgbaImage): void {
  mender ??= openMender();
  const { band, mendPixels } = mender;
  for (let at = 0; at < data.length; at += BAND_BYTES) {
    const pixels = data.subarray(at, at + BAND_BYTES);
    band.set(pixels);
    mendPixels(0, pixels.length);
    pixels.set(band.subarray(0, pixels.length));
  }
}

function openMender(): Mender {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const { mendPixels } = instantiate<{ mendPixels: MendPixels }>(buildBt709Module(MENDING), memory);
  return { band: new Uint8Array(memory.buffer), mendPixels };
}
