import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jointAt } from '../model/joints.ts';
import {
  ARM_RAISED,
  motionOf,
  type Places,
  STANDING,
  shifted,
  stickFigure,
} from '../testing/stick-figure.ts';
import { makeBridge } from './bridge.ts';
import { retarget } from './retarget.ts';

/** The same figure, larger and elsewhere in the clip's picture. */
function closer(places: Places): Places {
  const entries = Object.entries(places).map(([joint, [x, y]]) => [
    joint,
    [x * 2 - 60, y * 2 - 150],
  ]);
  return Object.fromEntries(entries) as Places;
}

for (const orientation of ['image', 'video'] as const) {
  test(`after a cut the character stays where it is and takes the new pose at once, ${orientation}`, () => {
    const shots = [...Array(20).fill(STANDING), ...Array(20).fill(closer(ARM_RAISED))] as Places[];
    const motion = { ...motionOf(shots), cuts: [20] };
    const { frames } = retarget(stickFigure(), motion, { orientation });
    const at = (frame: number, joint: 'pelvis' | 'leftWrist' | 'leftAnkle') =>
      jointAt(frames[frame]!.joints, joint);
    for (const [i, { bodyScale }] of frames.entries()) {
      assert.ok(Math.abs(bodyScale - 1) < 0.03, `size ${bodyScale} in frame ${i}`);
      assert.ok(Math.abs(at(i, 'pelvis').x - at(0, 'pelvis').x) < 3, `pelvis in frame ${i}`);
      assert.ok(Math.abs(at(i, 'leftAnkle').y - at(0, 'leftAnkle').y) < 3, `foot in frame ${i}`);
    }
    assert.ok(Math.abs(at(19, 'leftWrist').y - at(0, 'leftWrist').y) < 3);
    assert.ok(Math.abs(at(20, 'leftWrist').y - at(39, 'leftWrist').y) < 3);
    assert.ok(at(0, 'leftWrist').y - at(39, 'leftWrist').y > 60);
  });
}

test('while the driver is away the character holds its pose instead of sweeping to the next', () => {
  const shots = [
    ...Array(20).fill(STANDING),
    ...Array(60).fill(STANDING),
    ...Array(20).fill(ARM_RAISED),
  ];
  const motion = motionOf(shots as Places[]);
  for (const frame of motion.frames.slice(20, 80)) frame.pose = null;
  const { frames } = retarget(stickFigure(), motion, { orientation: 'image' });
  const wristY = (frame: number) => jointAt(frames[frame]!.joints, 'leftWrist').y;
  for (let i = 20; i < 70; i += 1) {
    assert.ok(Math.abs(wristY(i) - wristY(19)) < 3, `frame ${i}`);
  }
  assert.ok(wristY(19) - wristY(82) > 60);
});

test('a driver who walks out of the clip and comes back does not move the home of the character', () => {
  const at = (dx: number) => shifted(STANDING, dx, 0);
  const out = [10, 50, 105, 115].map(at);
  const path = [...Array(20).fill(at(0)), ...out, ...Array(60).fill(at(115)), ...out.toReversed()];
  const motion = motionOf([...path, ...Array(20).fill(at(0))] as Places[]);
  for (const frame of motion.frames.slice(24, 84)) frame.pose = null;
  const { frames } = retarget(stickFigure(), motion, { orientation: 'image' });
  for (const i of [0, 10, 105]) {
    const { x } = jointAt(frames[i]!.joints, 'pelvis');
    assert.ok(Math.abs(x - STANDING.pelvis[0]) < 25, `frame ${i} at ${x}`);
  }
});

test('a short gap is crossed in a straight line, a cut in none', () => {
  const bridge = makeBridge([0, 10], { fps: 25 });
  assert.deepEqual(bridge(5), { before: 0, after: 10, share: 0.5 });
  assert.deepEqual(bridge(12), { before: 10, after: 10, share: 0 });
  const cut = makeBridge([2, 10], { fps: 25, cuts: [6] });
  assert.deepEqual(
    [0, 5, 6, 9].map((row) => cut(row).share),
    [0, 0, 1, 1],
  );
});
