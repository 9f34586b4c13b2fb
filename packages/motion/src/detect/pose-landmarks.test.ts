import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refineByHeat } from './pose-landmarks.ts';

function makeRows(x: number, y: number): Float32Array {
  const rows = new Float32Array(39 * 5);
  for (let row = 0; row < 39; row += 1) rows.set([x, y, 0, 0, 0], row * 5);
  return rows;
}

function makeHeat(column: number, line: number, logit: number): Float32Array {
  const heat = new Float32Array(64 * 64 * 39).fill(-30);
  heat[(line * 64 + column) * 39 + 15] = logit;
  return heat;
}

test('a clear peak of the heat map pulls its point, and only its own', () => {
  const rows = makeRows(128, 128);
  refineByHeat(rows, makeHeat(34, 31, 8));
  assert.deepEqual([...rows.subarray(15 * 5, 15 * 5 + 2)], [136, 124]);
  assert.deepEqual([...rows.subarray(16 * 5, 16 * 5 + 2)], [128, 128]);
});

test('a faint or far peak moves nothing', () => {
  for (const heat of [makeHeat(34, 31, -1), makeHeat(40, 32, 8)]) {
    const rows = makeRows(128, 128);
    refineByHeat(rows, heat);
    assert.deepEqual([...rows.subarray(15 * 5, 15 * 5 + 2)], [128, 128]);
  }
});

test('a point outside the region is left where it is', () => {
  const rows = makeRows(-20, 300);
  refineByHeat(rows, makeHeat(0, 63, 8));
  assert.deepEqual([...rows.subarray(15 * 5, 15 * 5 + 2)], [-20, 300]);
});
