/** Colour grading by curves: saturation first, then one curve a channel, by table. */

import type { RgbaImage } from '../model/image.ts';
import { clamp } from '../model/scalar.ts';
import { viewSigned } from './packed.ts';

/** From a value to a value, both 0..1. */
export type Curve = (value: number) => number;

/** How colours are changed. */
export type Grade = {
  /** 1 leaves colours as they are, 0 is grey. */
  saturation: number;
  /** How bright red, green and blue count; sums to 1. */
  luma: readonly [number, number, number];
  curves: readonly [Curve, Curve, Curve];
};

/** Recommendation ITU-R BT.709. */
export const REC_709 = [0.2126, 0.7152, 0.0722] as const;

/** More saturation leaves 0..255; the tables go on beyond it, so that nothing has to be limited. */
const TABLE_BELOW = 384;
const TABLE_SIZE = 1024;

/** Prepares the tables; the filter changes a picture in place and keeps its alpha. */
export function createGrade(grade: Grade): (frame: RgbaImage) => void {
  const saturation = clamp(grade.saturation, 0, 2);
  const [red, green, blue] = grade.curves.map((curve) => tabulate(curve)) as [Table, Table, Table];
  const share = Math.round(256 * saturation);
  const rest = 256 - share;
  const [lumaR, lumaG] = grade.luma.map((part) => Math.round(256 * part)) as [number, number];
  const lumaB = 256 - lumaR - lumaG;
  return (frame) => {
    const pixels = viewSigned(frame);
    for (let at = 0; at < pixels.length; at++) {
      const pixel = pixels[at]!;
      const r = pixel & 255;
      const g = (pixel >> 8) & 255;
      const b = (pixel >> 16) & 255;
      const grey = ((lumaR * r + lumaG * g + lumaB * b) >> 8) * rest + 128;
      pixels[at] =
        red[((grey + share * r) >> 8) + TABLE_BELOW]! |
        (green[((grey + share * g) >> 8) + TABLE_BELOW]! << 8) |
        (blue[((grey + share * b) >> 8) + TABLE_BELOW]! << 16) |
        (pixel & 0xff000000);
    }
  };
}

type Table = Uint8Array;

function tabulate(curve: Curve): Table {
  return Uint8Array.from({ length: TABLE_SIZE }, (_, at) => {
    const value = clamp((at - TABLE_BELOW) / 255, 0, 1);
    return Math.round(255 * clamp(curve(value), 0, 1));
  });
}

/** Darker darks and brighter brights about a middle that stays; 0 changes nothing. */
export function contrast(amount: number, middle = 0.5): Curve {
  if (amount === 0) return (value) => value;
  const steep = 5 * amount;
  const low = Math.tanh(-middle * steep);
  const high = Math.tanh((1 - middle) * steep);
  const bent: Curve = (value) => (Math.tanh((value - middle) * steep) - low) / (high - low);
  return bent;
}

/** A curve through black and white that is `lift` higher (lower if negative) in the middle. */
export function bend(lift: number): Curve {
  return (value) => value + 4 * lift * value * (1 - value);
}

/** Black becomes `black`, white becomes `white`, and all between follows. */
export function range(black: number, white: number): Curve {
  return (value) => black + value * (white - black);
}

/** One curve after the other. */
export function chain(...curves: readonly Curve[]): Curve {
  return (value) => curves.reduce((sofar, curve) => curve(sofar), value);
}
