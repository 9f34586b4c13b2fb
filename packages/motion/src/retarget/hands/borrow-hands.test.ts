import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HAND_POINT_COUNT, HAND_STRIDE } from '../../model/hand.ts';
import { jointAt } from '../../model/joints.ts';
import type { HandSighting, Motion } from '../../model/motion.ts';
import {
  ARM_RAISED,
  motionOf,
  moved,
  type Places,
  STANDING,
  stickFigure,
} from '../../testing/stick-figure.ts';
import { retarget } from '../retarget.ts';
import { limitBend, turnHand } from './place-hand.ts';

const PALM = 20;

/** A hand that goes on from the left forearm, its wrist point on the wrist. */
function sightingAt({ leftElbow, leftWrist }: Places): HandSighting {
  const axis = Math.atan2(leftWrist[1] - leftElbow[1], leftWrist[0] - leftElbow[0]);
  const hand = new Float32Array(HAND_POINT_COUNT * HAND_STRIDE);
  for (let i = 0; i < HAND_POINT_COUNT; i += 1) {
    const reach = i === 0 ? 0 : PALM * (1 + 0.2 * ((i - 1) % 4));
    hand[i * HAND_STRIDE] = leftWrist[0] + reach * Math.cos(axis);
    hand[i * HAND_STRIDE + 1] = leftWrist[1] + reach * Math.sin(axis);
  }
  const patch = {
    x: leftWrist[0] - 20,
    y: leftWrist[1] - 20,
    width: 40,
    height: 40,
    webp: new Uint8Array(),
    palm: PALM,
    axis,
    skin: { mean: [70, 15, 15], deviation: [5, 2, 2] } as const,
    cut: null,
    heel: { offset: 0, width: 12 },
    sharpness: 200,
  };
  return { hand, presence: 0.99, patch };
}

function waving(count: number): { motion: Motion; places: Places[] } {
  const places = Array.from({ length: count }, (_, i) => {
    const swing = Math.sin(i / 6);
    return moved(ARM_RAISED, {
      leftWrist: [150 + 38 * Math.sin(swing), 70 - 38 * Math.cos(swing)],
      leftHand: [150 + 52 * Math.sin(swing), 70 - 52 * Math.cos(swing)],
    });
  });
  const motion = motionOf(places);
  for (const [i, frame] of motion.frames.entries()) {
    frame.hands = { left: sightingAt(places[i]!), right: null };
  }
  return { motion, places };
}

const settings = { orientation: 'image' } as const;

test('the wrist point of a borrowed hand lies on the wrist of the character', () => {
  const { motion } = waving(40);
  const { frames } = retarget(stickFigure(), motion, { ...settings, hands: 'driver' });
  for (const [i, { joints, hands }] of frames.entries()) {
    const place = hands?.[0]?.place;
    const wrist = jointAt(joints, 'leftWrist');
    assert.ok(place, `frame ${i} has no borrowed hand`);
    assert.ok(Math.hypot(place.x - wrist.x, place.y - wrist.y) < 1, `frame ${i}`);
  }
});

test('without hands in the clip, or when not asked for, all hands are the own ones', () => {
  const { motion, places } = waving(20);
  const without = retarget(stickFigure(), motionOf(places), { ...settings, hands: 'driver' });
  const unasked = retarget(stickFigure(), motion, settings);
  for (const { hands } of [...without.frames, ...unasked.frames]) assert.equal(hands, undefined);
});

test('a hand that disagrees with the arm about the wrist is not borrowed', () => {
  const { motion } = waving(20);
  for (const frame of motion.frames) {
    const seen = frame.hands!.left!;
    frame.hands = {
      left: { ...seen, hand: seen.hand.map((value, i) => (i % 3 === 0 ? value + PALM : value)) },
      right: null,
    };
  }
  const { frames } = retarget(stickFigure(), motion, { ...settings, hands: 'driver' });
  assert.ok(frames.every(({ hands }) => hands === undefined));
});

test('a hand turns by as much as the forearms differ', () => {
  const count = 30;
  const path = (angle: (i: number) => number) => ({
    angle: Float64Array.from({ length: count }, (_, i) => angle(i)),
    length: new Float64Array(count).fill(3 * PALM),
  });
  const driver = path((i) => 0.02 * i);
  const character = path((i) => 0.02 * i - 0.4 + 2 * Math.PI);
  for (const turn of turnHand(driver, character, PALM, 25)) {
    assert.ok(Math.abs(turn + 0.4) < 1e-6, `${turn}`);
  }
});

test('a wrist is not broken, unless its arm points at the camera', () => {
  const bendOf = (direction: number, palms: number): number =>
    direction + limitBend(0.2, direction, 0.1, palms) - 0.1;
  assert.ok(Math.abs(bendOf(0.5, 2) - 0.6) < 1e-9, 'a bend that people can do stays');
  assert.ok(Math.abs(bendOf(2.5, 2)) < 1.3);
  assert.ok(Math.abs(bendOf(-2.5, 2)) < 1.3);
  assert.ok(Math.abs(bendOf(2.5, 0.2) - 2.6) < 1e-9);
});

test('standing still moves no hand', () => {
  const motion = motionOf(new Array<Places>(20).fill(STANDING));
  for (const frame of motion.frames) frame.hands = { left: sightingAt(STANDING), right: null };
  const { frames } = retarget(stickFigure(), motion, { ...settings, hands: 'driver' });
  const [first] = frames;
  for (const { hands } of frames) assert.deepEqual(hands?.[0]?.place, first!.hands![0]!.place);
});
