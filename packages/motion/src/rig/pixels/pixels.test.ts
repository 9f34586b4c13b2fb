import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filterGuided } from '../../model/guided-filter.ts';
import { createRgb } from '../../model/rgb.ts';
import { dilate, labelComponents } from './binary.ts';
import { fillHarmonic } from './harmonic-fill.ts';
import { pullPush } from './pull-push.ts';

test('a rough mask moves to the edge of the picture', () => {
  const [width, height] = [64, 40];
  const rgb = createRgb(width, height);
  for (const channel of rgb.channels) {
    for (let i = 0; i < channel.length; i++) channel[i] = i % width < 32 ? 40 : 210;
  }
  const rough = Float32Array.from({ length: width * height }, (_, i) => (i % width < 35 ? 1 : 0));
  const fine = filterGuided(rgb, rough, 8, 1e-4, 1);
  const row = 20 * width;
  assert.ok(fine[row + 30]! > 0.9 && fine[row + 33]! < 0.5, `${fine[row + 33]}`);
});

test('pull-push keeps what is known and invents only what lies between', () => {
  const rgb = createRgb(40, 30);
  rgb.channels[0].fill(200);
  rgb.channels[0][5] = 77;
  const weight = new Float32Array(1200).fill(1);
  weight.fill(0, 400, 800);
  rgb.channels[0].fill(0, 400, 800);
  const filled = pullPush(rgb, weight).channels[0];
  assert.equal(filled[5], 77);
  for (let i = 400; i < 800; i++) assert.ok(filled[i]! > 150 && filled[i]! <= 200.01);
});

test('the fill of a hole continues a slope from side to side and leaves the rest alone', () => {
  const [width, height] = [96, 64];
  const rgb = createRgb(width, height);
  for (const channel of rgb.channels) {
    for (let i = 0; i < channel.length; i++) channel[i] = (i % width) * 2;
  }
  const hole = new Uint8Array(width * height);
  for (let y = 10; y < 50; y++) hole.fill(1, y * width + 30, y * width + 60);
  const damaged = createRgb(width, height);
  damaged.channels.forEach((channel, c) => {
    channel.set(rgb.channels[c]!.map((value, i) => (hole[i] === 1 ? 255 : value)));
  });
  const filled = fillHarmonic(damaged, hole).channels[1];
  filled.forEach((value, i) => {
    if (hole[i] === 0) assert.equal(value, rgb.channels[1][i]);
    else assert.ok(Math.abs(value - rgb.channels[1][i]!) < 4, `${i}: ${value}`);
  });
});

test('a hole that reaches the edges of the picture is filled from what is known alone', () => {
  const [width, height] = [61, 47];
  const rgb = createRgb(width, height);
  const hole = new Uint8Array(width * height);
  for (let i = 0; i < hole.length; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    hole[i] = x < 20 || y >= 30 || (y < 10 && x > 40) ? 1 : 0;
    for (const [c, channel] of rgb.channels.entries()) channel[i] = hole[i] ? 0 : 90 + 50 * c;
  }
  const filled = fillHarmonic(rgb, hole);
  for (const [c, channel] of filled.channels.entries()) {
    for (const value of channel) assert.ok(Math.abs(value - 90 - 50 * c) < 0.5, `${value}`);
  }
});

test('the folds of a curtain go on behind someone who is much taller than they are wide', () => {
  const [width, height] = [120, 240];
  const rgb = createRgb(width, height);
  const foldAt = (x: number): number => 110 + 100 * Math.cos((2 * Math.PI * x) / 30);
  const hole = new Uint8Array(width * height);
  for (let i = 0; i < hole.length; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    const isPerson = x >= 35 && x < 85 && y >= 30 && y < 210;
    hole[i] = isPerson ? 1 : 0;
    for (const channel of rgb.channels) channel[i] = isPerson ? 255 : foldAt(x);
  }
  const filled = fillHarmonic(rgb, hole).channels[1];
  for (let x = 40; x < 80; x++) {
    const value = filled[120 * width + x]!;
    assert.ok(Math.abs(value - foldAt(x)) < 30, `column ${x}: ${value}, not ${foldAt(x)}`);
  }
});

test('growing a mask reaches exactly as far as asked', () => {
  const mask = new Uint8Array(21 * 21);
  mask[10 * 21 + 10] = 1;
  const grown = dilate(mask, 21, 21, 3);
  assert.equal(
    grown.reduce((sum, value) => sum + value, 0),
    49,
  );
  assert.equal(grown[7 * 21 + 7], 1);
  assert.equal(grown[6 * 21 + 10], 0);
});

test('parts that touch only at a corner are two parts', () => {
  const { sizes } = labelComponents(Uint8Array.from([1, 0, 0, 1]), 2, 2);
  assert.deepEqual(sizes, [0, 1, 1]);
});
