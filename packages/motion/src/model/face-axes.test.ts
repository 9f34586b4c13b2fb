import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anglesOfAxes, axesOfAngles, multiply } from './face-axes.ts';
import { rotate } from './horn.ts';

const ANGLES = [
  { yaw: 0, pitch: 0, roll: 0 },
  { yaw: 0.4, pitch: -0.2, roll: 0.1 },
  { yaw: -0.35, pitch: 0.3, roll: -0.3 },
];

test('axes are seen under the angles that they were made of', () => {
  for (const angles of ANGLES) {
    const seen = anglesOfAxes(axesOfAngles(angles));
    for (const key of ['yaw', 'pitch', 'roll'] as const) {
      assert.ok(Math.abs(seen[key] - angles[key]) < 1e-9, `${key} of ${JSON.stringify(angles)}`);
    }
  }
});

test('axes stay a rotation', () => {
  for (const angles of ANGLES) {
    const axes = axesOfAngles(angles);
    const unit = multiply(axes, axes, true);
    for (const [i, value] of unit.entries()) {
      assert.ok(Math.abs(value - (i % 4 === 0 ? 1 : 0)) < 1e-9);
    }
  }
});

test('the nod of a head that is turned does not tilt it', () => {
  const turned = axesOfAngles({ yaw: 0.35, pitch: 0, roll: 0 });
  const nodding = axesOfAngles({ yaw: 0.35, pitch: 0.2, roll: 0 });
  const nod = multiply(nodding, turned, true);
  const { yaw, roll } = anglesOfAxes(multiply(nod, turned));
  assert.ok(Math.abs(roll) < 1e-9 && Math.abs(yaw - 0.35) < 1e-9);
});

test('positive yaw takes the nose to the right, positive pitch takes it down', () => {
  const nose = [0, 0, -1] as const;
  assert.ok(rotate(axesOfAngles({ yaw: 0.4, pitch: 0, roll: 0 }), ...nose)[0] > 0.3);
  assert.ok(rotate(axesOfAngles({ yaw: 0, pitch: 0.4, roll: 0 }), ...nose)[1] > 0.3);
});
