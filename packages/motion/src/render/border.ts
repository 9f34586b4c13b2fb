/**
 * Fixes a body that is cut by the border of the picture to that border, so that no gap opens when
 * it moves.
 */

import type { Character } from '../model/character.ts';
import { clamp, smoothstep } from '../model/scalar.ts';

/** Pinning fades out over this share of the picture's shorter side. */
const FADE_SHARE = 0.14;
/** A border pixel counts as cut by the body above this alpha. */
const ALPHA_MIN = 96;
/** Neighbouring border pixels within this distance are pinned with it. */
const SPREAD_SHARE = 0.02;

type Border = { cut: Float32Array; isVertical: boolean; isFar: boolean };

/**
 * How firmly a place of the bind pose is fixed, 0..1. Full bodies stand free and are never pinned.
 */
export function createBorderPins(character: Character): (x: number, y: number) => number {
  const { width, height } = character;
  if (character.framing === 'full-body') return () => 0;
  const borders: Border[] = [
    { cut: readBorder(character, false, false), isVertical: false, isFar: false },
    { cut: readBorder(character, false, true), isVertical: false, isFar: true },
    { cut: readBorder(character, true, false), isVertical: true, isFar: false },
    { cut: readBorder(character, true, true), isVertical: true, isFar: true },
  ];
  const fade = FADE_SHARE * Math.min(width, height);
  return (x, y) => {
    let pin = 0;
    for (const { cut, isVertical, isFar } of borders) {
      const place = Math.round(isVertical ? y : x);
      const limit = isVertical ? width : height;
      const across = isVertical ? x : y;
      const distance = isFar ? limit - across : across;
      const here = cut[clamp(place, 0, cut.length - 1)]!;
      pin = Math.max(pin, here * smoothstep(fade, 0, distance));
    }
    return pin;
  };
}

/** Which pixels of one border the character covers, widened and softened. */
function readBorder(character: Character, isVertical: boolean, isFar: boolean): Float32Array {
  const { width, height } = character;
  const length = isVertical ? height : width;
  const edge = isFar ? (isVertical ? width : height) - 1 : 0;
  const covered = new Uint8Array(length);
  for (const { texture, x, y } of character.layers) {
    for (let i = 0; i < length; i += 1) {
      const column = Math.round((isVertical ? edge : i) - x);
      const row = Math.round((isVertical ? i : edge) - y);
      if (column < 0 || row < 0 || column >= texture.width || row >= texture.height) continue;
      if (texture.data[(row * texture.width + column) * 4 + 3]! > ALPHA_MIN) covered[i] = 1;
    }
  }
  const spread = Math.max(1, Math.round(SPREAD_SHARE * length));
  const result = new Float32Array(length);
  let last = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < length; i += 1) {
    if (covered[i]) last = i;
    result[i] = Math.max(0, 1 - Math.max(0, i - last - spread) / spread);
  }
  last = Number.POSITIVE_INFINITY;
  for (let i = length - 1; i >= 0; i -= 1) {
    if (covered[i]) last = i;
    result[i] = Math.max(result[i]!, 1 - Math.max(0, last - i - spread) / spread, 0);
  }
  return result;
}
