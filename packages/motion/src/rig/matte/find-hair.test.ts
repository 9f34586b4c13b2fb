import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Rgb } from '../../model/rgb.ts';
import { paintDisc } from '../pixels/binary.ts';
import { findHair } from './find-hair.ts';

const WIDTH = 160;
const HEIGHT = 160;
const HEAD = { x: 80, y: 110, radius: 30 };
const BUN = { x: 80, y: 70, radius: 15 };
const PLACE = { x: 80, y: 110, radius: 75 };
const WALL = [150, 30, 40];
const HAIR = [200, 120, 50];

function maskOf(disc: { x: number; y: number; radius: number }): Uint8Array {
  const mask = new Uint8Array(WIDTH * HEIGHT);
  paintDisc(mask, WIDTH, HEIGHT, disc.x, disc.y, disc.radius);
  return mask;
}

/** A head of hair before a wall with folds; `extra` is painted in the colour of the hair. */
function drawHead(extra: Uint8Array): { rgb: Rgb; solid: Uint8Array } {
  const solid = maskOf(HEAD);
  const channels = [0, 1, 2].map((c) =>
    Float32Array.from(solid, (inside, i) => {
      const fold = 12 * Math.sin((i % WIDTH) / 7);
      return inside || extra[i] ? HAIR[c]! + fold / 3 : WALL[c]! + fold;
    }),
  ) as [Float32Array, Float32Array, Float32Array];
  return { rgb: { width: WIDTH, height: HEIGHT, channels }, solid };
}

const share = (found: Uint8Array, truth: Uint8Array): number => {
  const both = found.filter((value, i) => value === 1 && truth[i] === 1).length;
  const either = found.filter((value, i) => value === 1 || truth[i] === 1).length;
  return both / either;
};

test('a bun above the head that the model missed is found', () => {
  const bun = maskOf(BUN);
  const { rgb, solid } = drawHead(bun);
  const truth = bun.map((value, i) => (value === 1 && solid[i] === 0 ? 1 : 0));
  const found = findHair(rgb, solid, solid, PLACE);
  assert.ok(share(found, truth) > 0.95, `overlap ${share(found, truth)}`);
});

test('a beam of the hair colour behind the head stays in the background', () => {
  const beam = new Uint8Array(WIDTH * HEIGHT).fill(1, 62 * WIDTH, 74 * WIDTH);
  const { rgb, solid } = drawHead(beam);
  const found = findHair(rgb, solid, solid, PLACE);
  assert.equal(found.filter((value) => value === 1).length, 0);
});
