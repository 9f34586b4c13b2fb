import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axesOfAngles } from './face-axes.ts';
import { fitSimilarity, rotate } from './horn.ts';

const CLOUD = Float32Array.of(0, 0, 0, 10, 1, 2, -3, 8, 1, 4, -6, 5, 7, 7, -9, -5, -5, -2);
const ALL = [0, 1, 2, 3, 4, 5];

test('a turned, scaled and moved cloud is recognised as such', () => {
  const rotation = axesOfAngles({ yaw: 0.5, pitch: -0.3, roll: 0.9 });
  const moved = Float32Array.from(CLOUD);
  for (let i = 0; i < moved.length; i += 3) {
    const [x, y, z] = rotate(rotation, CLOUD[i]!, CLOUD[i + 1]!, CLOUD[i + 2]!);
    moved.set([2.5 * x + 11, 2.5 * y - 4, 2.5 * z + 3], i);
  }
  const fit = fitSimilarity(CLOUD, moved, ALL);
  assert.ok(Math.abs(fit.scale - 2.5) < 1e-4);
  for (const [i, value] of fit.rotation.entries()) {
    assert.ok(Math.abs(value - rotation[i]!) < 1e-4);
  }
});

test('too few points leave everything as it is', () => {
  const fit = fitSimilarity(CLOUD, CLOUD, [0, 1]);
  assert.deepEqual([fit.scale, ...fit.translation], [1, 0, 0, 0]);
});
