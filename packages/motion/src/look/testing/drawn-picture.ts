/** A small colourful picture with edges, slopes and fine detail, for tests of the looks. */

import type { RgbaImage } from '../../model/image.ts';

const WIDTH = 180;
const HEIGHT = 320;

/** Soft slopes of colour, a bright disc, dark and light bars; the same every time, opaque. */
export function drawPicture(width = WIDTH, height = HEIGHT): RgbaImage {
  const data = new Uint8Array(width * height * 4);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      const isDisc = Math.hypot(x - width / 2, y - height / 3) < width / 5;
      const isBar = y > 0.7 * height && x % 24 < 12;
      const slope = isDisc ? 90 : 0;
      data[at] = isBar ? 30 : 70 + (100 * x) / width + slope;
      data[at + 1] = isBar ? 30 : 60 + (90 * y) / height + slope;
      data[at + 2] = isBar ? 40 : 150 - (100 * x) / width + slope;
      data[at + 3] = 255;
    }
  }
  return { width, height, data };
}

/** Statistics of a picture's colours, 0..255. */
export function measureColours({ data }: RgbaImage) {
  const count = data.length / 4;
  const sums = { red: 0, green: 0, blue: 0, colour: 0, luma: 0, square: 0 };
  for (let at = 0; at < data.length; at += 4) {
    const [red, green, blue] = [data[at]!, data[at + 1]!, data[at + 2]!];
    const luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    sums.red += red;
    sums.green += green;
    sums.blue += blue;
    sums.colour += Math.max(red, green, blue) - Math.min(red, green, blue);
    sums.luma += luma;
    sums.square += luma * luma;
  }
  const luma = sums.luma / count;
  return {
    red: sums.red / count,
    green: sums.green / count,
    blue: sums.blue / count,
    /** Mean distance of the strongest from the weakest channel. */
    colour: sums.colour / count,
    luma,
    /** Deviation of brightness. */
    contrast: Math.sqrt(Math.max(0, sums.square / count - luma * luma)),
  };
}
