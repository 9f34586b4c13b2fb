import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anglesOfRotation, fitSimilarity, rotate, rotationOfAngles } from './horn.ts';

const CLOUD = Float32Array.of(0, 0, 0, 10, 1, 2, -3, 8, 1, 4, -6, 5, 7, 7, -9, -5, -5, -2);
const ALL = [0, 1, 2, 3, 4, 5];

test('a turned, scaled and moved cloud is recognised as such', () => {
  const rotation = rotationOfAngles(0.5, -0.3, 0.9);
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
  const angles = anglesOfRotation(fit.rotation);
  assert.ok(Math.abs(angles.yaw - 0.5) < 1e-3);
  assert.ok(Math.abs(angles.pitch + 0.3) < 1e-3);
  assert.ok(Math.abs(angles.roll - 0.9) < 1e-3);
});

test('positive yaw takes the nose to the right, positive pitch takes it down', () => {
  const nose = [0, 0, -1] as const;
  assert.ok(rotate(rotationOfAngles(0.4, 0, 0), ...nose)[0] > 0.3);
  assert.ok(rotate(rotationOfAngles(0, 0.4, 0), ...nose)[1] > 0.3);
});

test('too few points leave everything as it is', () => {
  const fit = fitSimilarity(CLOUD, CLOUD, [0, 1]);
  assert.deepEqual([fit.scale, ...fit.translation], [1, 0, 0, 0]);
});
