/** What of its picture a character covers. */

import type { Character } from '../model/character.ts';

/** Alpha of all layers in the bind pose. */
export function drawCover({ width, height, layers }: Character): Uint8Array {
  const cover = new Uint8Array(width * height);
  for (const { texture, x: left, y: top } of layers) {
    for (let y = 0; y < texture.height; y++) {
      if (y + top < 0 || y + top >= height) continue;
      for (let x = 0; x < texture.width; x++) {
        if (x + left < 0 || x + left >= width) continue;
        const to = (y + top) * width + x + left;
        cover[to] = Math.max(cover[to]!, texture.data[(y * texture.width + x) * 4 + 3]!);
      }
    }
  }
  return cover;
}
