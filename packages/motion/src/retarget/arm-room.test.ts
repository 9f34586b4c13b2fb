import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jointAt } from '../model/joints.ts';
import {
  FIGURE_HEIGHT,
  FIGURE_WIDTH,
  jointsOf,
  motionOf,
  moved,
  type Places,
  STANDING,
  shifted,
  stickFigure,
} from '../testing/stick-figure.ts';
import { keepHandsInside } from './arm-room.ts';
import { readDriver } from './driver.ts';

const COUNT = 120;
const CLIP = { width: FIGURE_WIDTH, height: FIGURE_HEIGHT };
/** The clip leaves room above the head that the picture does not have. */
const HEADROOM = 30;

/** The left arm goes up, straight, until its hand is beyond the top of the picture. */
function raising(): Places[] {
  return Array.from({ length: COUNT }, (_, i) => {
    const angle = Math.PI / 2 - Math.PI * Math.sin((Math.PI * i) / (COUNT - 1));
    const at = (from: readonly [number, number], length: number): [number, number] => [
      from[0] + length * Math.cos(angle),
      from[1] + length * Math.sin(angle),
    ];
    const leftElbow = at(STANDING.leftShoulder, 45);
    const leftWrist = at(leftElbow, 40);
    return moved(STANDING, { leftElbow, leftWrist, leftHand: at(leftWrist, 14) });
  });
}

const low = Math.min(...raising().map(({ leftHand }) => leftHand[1]));
/** The picture shows the figure so high that the raised hand would be 6 pixels above it. */
const frames = raising().map((places) => jointsOf(shifted(places, 0, -low - 6)));

function keep(headroom: number): Float32Array[] {
  const motion = motionOf(raising().map((places) => shifted(places, 0, headroom - low)));
  return keepHandsInside(stickFigure(), readDriver(motion), CLIP, frames);
}

test('a hand that the driver keeps in view stays inside of the picture', () => {
  const kept = keep(HEADROOM);
  assert.ok(frames.some((joints) => jointAt(joints, 'leftHand').y < 0));
  for (const joints of kept) assert.ok(jointAt(joints, 'leftHand').y > 4);
});

test('a shortened arm keeps its directions and never jumps', () => {
  const kept = keep(HEADROOM);
  for (const [i, joints] of kept.entries()) {
    const [elbow, wrist] = [jointAt(joints, 'leftElbow'), jointAt(joints, 'leftWrist')];
    const [before, after] = [jointAt(frames[i]!, 'leftElbow'), jointAt(frames[i]!, 'leftWrist')];
    const angle = Math.atan2(wrist.y - elbow.y, wrist.x - elbow.x);
    assert.ok(Math.abs(angle - Math.atan2(after.y - before.y, after.x - before.x)) < 1e-4);
    if (i === 0) continue;
    const length = (of: Float32Array): number => {
      const [a, b] = [jointAt(of, 'leftShoulder'), jointAt(of, 'leftWrist')];
      return Math.hypot(a.x - b.x, a.y - b.y);
    };
    assert.ok(Math.abs(length(joints) - length(kept[i - 1]!)) < 4, `frame ${i}`);
  }
  assert.deepEqual(kept[0], frames[0]);
});

test('a hand that leaves the clip for long may leave the picture', () => {
  assert.deepEqual(keep(-100)[COUNT >> 1], frames[COUNT >> 1]);
});
