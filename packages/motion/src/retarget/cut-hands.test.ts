import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jointAt } from '../model/joints.ts';
import { jointsOf, moved, STANDING, stickFigure } from '../testing/stick-figure.ts';
import { holdCutHands } from './cut-hands.ts';

const COUNT = 60;
/** The picture ends half way between wrists and knuckles. */
const HEIGHT = 195;
const character = { ...stickFigure(), height: HEIGHT };
const never = (): boolean => false;

/** The left arm goes up and down again, the right one stays. */
const raising = Array.from({ length: COUNT }, (_, i) => {
  const angle = Math.PI / 2 - Math.PI * Math.sin((Math.PI * i) / (COUNT - 1));
  const at = (from: readonly [number, number], length: number): [number, number] => [
    from[0] + length * Math.cos(angle),
    from[1] + length * Math.sin(angle),
  ];
  const leftElbow = at(STANDING.leftShoulder, 40);
  const leftWrist = at(leftElbow, 38);
  return jointsOf(moved(STANDING, { leftElbow, leftWrist, leftHand: at(leftWrist, 14) }));
});

test('the stump of a cut hand never comes into the picture, and the arm never jumps', () => {
  const { joints, sides, findings } = holdCutHands(character, raising, 25, never);
  assert.deepEqual(sides, ['left']);
  assert.match(findings[0]!.message, /left arm .* lower border/);
  for (const [i, frame] of joints.entries()) {
    const [wrist, hand] = [jointAt(frame, 'leftWrist'), jointAt(frame, 'leftHand')];
    assert.ok((wrist.y + hand.y) / 2 > HEIGHT - 3, `frame ${i} shows ${(wrist.y + hand.y) / 2}`);
    const before = jointAt(joints[Math.max(0, i - 1)]!, 'leftHand');
    assert.ok(Math.hypot(hand.x - before.x, hand.y - before.y) < 6, `frame ${i} jumps`);
    assert.deepEqual(jointAt(frame, 'rightHand'), jointAt(raising[i]!, 'rightHand'));
  }
});

test('an arm whose missing hand is borrowed, or whose hand is seen, moves as it is driven', () => {
  const borrowed = holdCutHands(character, raising, 25, (side) => side === 'left');
  assert.deepEqual(borrowed, { joints: raising, sides: [], findings: [] });
  const whole = holdCutHands({ ...character, height: 230 }, raising, 25, never);
  assert.deepEqual(whole, { joints: raising, sides: [], findings: [] });
});
