/** Finds people who are too small for the whole picture's search, to say so instead of "nobody". */

import type { Detectors } from '../detect/detectors.ts';
import type { Box } from '../model/geometry.ts';
import type { RgbaImage } from '../model/image.ts';
import { measurePerson } from './measure-person.ts';

/** Tiles a side. */
const TILES = 5;
/** Side of a tile as part of the picture: five of them overlap by half. */
const TILE_SHARE = 1 / 3;

/** Part of the picture that the first one found takes, 0..1, or null. */
export async function findSmallPerson(
  detectors: Detectors,
  image: RgbaImage,
): Promise<number | null> {
  const width = Math.floor(image.width * TILE_SHARE);
  const height = Math.floor(image.height * TILE_SHARE);
  for (let row = 0; row < TILES; row += 1) {
    for (let column = 0; column < TILES; column += 1) {
      const x = Math.floor((column / (TILES - 1)) * (image.width - width));
      const y = Math.floor((row / (TILES - 1)) * (image.height - height));
      const tile = cropImage(image, { x, y, width, height });
      const found = await detectors.detectPose(tile);
      if (found === null) continue;
      const person = measurePerson(found.pose, width, height);
      // A part of a larger body without its head is taken for a small one otherwise.
      const isWhole = person.reach === 'feet' && person.limbsOutside.length === 0;
      const hasHead = isWhole && !person.headIsOutside;
      if (!hasHead && (await detectors.detectFace(tile, found)) === null) continue;
      return person.areaShare * TILE_SHARE ** 2;
    }
  }
  return null;
}

function cropImage(image: RgbaImage, { x, y, width, height }: Box): RgbaImage {
  const data = new Uint8Array(width * height * 4);
  for (let row = 0; row < height; row += 1) {
    const from = ((y + row) * image.width + x) * 4;
    data.set(image.data.subarray(from, from + width * 4), row * width * 4);
  }
  return { width, height, data };
}
