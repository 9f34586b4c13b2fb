import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jointsOf, moved, STANDING } from '../testing/stick-figure.ts';
import { spineAngle, torsoCoordinates, torsoFrame, torsoPoint } from './torso.ts';

const bind = jointsOf(STANDING);
const bindFrame = torsoFrame(bind, spineAngle(bind));

test('torso coordinates lead back to the place they were taken from', () => {
  const out = new Float64Array(2);
  for (let x = 60; x <= 180; x += 15) {
    for (let y = 60; y <= 280; y += 11) {
      const [u, v] = torsoCoordinates(bindFrame, x, y);
      torsoPoint(bindFrame, u, v, out, 0);
      assert.ok(Math.hypot(out[0]! - x, out[1]! - y) < 1e-3, `${x}, ${y}`);
    }
  }
});

test('shoulders and hips stay on the torso when it leans and narrows', () => {
  const leaning = jointsOf(
    moved(STANDING, { neck: [150, 118], leftShoulder: [168, 128], rightShoulder: [132, 108] }),
  );
  const frame = torsoFrame(leaning, spineAngle(bind));
  const out = new Float64Array(2);
  const [u, v] = torsoCoordinates(bindFrame, ...STANDING.leftShoulder);
  torsoPoint(frame, u, v, out, 0);
  assert.ok(Math.hypot(out[0]! - 168, out[1]! - 128) < 1e-3);
});

test('a torso seen from the side keeps some width', () => {
  const narrow = jointsOf(moved(STANDING, { leftShoulder: [120, 110], rightShoulder: [120, 110] }));
  const { shoulderX, shoulderY } = torsoFrame(narrow, spineAngle(bind));
  assert.ok(Math.hypot(shoulderX, shoulderY) > 5);
});
