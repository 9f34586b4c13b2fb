import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeDetections, makeAnchors } from './single-shot.ts';

test('the anchors of both detectors number as many as their networks have rows', () => {
  assert.equal(makeAnchors({ side: 224, strides: [8, 16, 32, 32, 32] }).length, 2 * 2254);
  assert.equal(makeAnchors({ side: 128, strides: [8, 16, 16, 16] }).length, 2 * 896);
});

test('anchors lie in the middle of their cells, in reading order', () => {
  const anchors = makeAnchors({ side: 32, strides: [16] });
  assert.deepEqual([...anchors.subarray(0, 8)], [0.25, 0.25, 0.25, 0.25, 0.75, 0.25, 0.75, 0.25]);
});

const anchors = Float32Array.of(0.5, 0.5, 0.5, 0.5, 0.25, 0.25);
const options = { side: 100, keypointCount: 1, scoreMin: 0.5 };

test('overlapping boxes are one object, the better one, and apart ones are two', () => {
  const boxes = Float32Array.of(0, 0, 20, 20, 5, 5, 2, 0, 20, 20, 0, 0, 0, 0, 10, 10, 0, 0);
  const found = decodeDetections(boxes, Float32Array.of(2, 3, 1), anchors, options);
  assert.equal(found.length, 2);
  assert.ok(Math.abs(found[0]!.x - 0.42) < 1e-6);
  assert.ok(Math.abs(found[0]!.keypoints[0]!.x - 0.5) < 1e-6);
  assert.ok(Math.abs(found[1]!.x - 0.2) < 1e-6);
});

test('weak rows and rows that are not numbers are left out', () => {
  const boxes = new Float32Array(18).fill(10);
  boxes[7] = Number.NaN;
  const found = decodeDetections(boxes, Float32Array.of(-1, 5, Number.NaN), anchors, options);
  assert.deepEqual(found, []);
});
