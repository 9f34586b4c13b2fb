import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HAND_POINT_COUNT, HAND_STRIDE } from '../../model/hand.ts';
import type { HandSighting } from '../../model/motion.ts';
import { motionOf, moved, type Places, STANDING, stickFigure } from '../../testing/stick-figure.ts';
import { retarget } from '../retarget.ts';
import { FOLD_MAX, GAP_MAX, isAttached, measureAttachment } from './attachment.ts';

const PALM = 20;

/** A hand at the left wrist that points in a direction of its own. */
function handAt([x, y]: readonly [number, number], axis: number): HandSighting {
  const hand = new Float32Array(HAND_POINT_COUNT * HAND_STRIDE);
  for (let i = 0; i < HAND_POINT_COUNT; i += 1) {
    const reach = i === 0 ? 0 : PALM * (1 + 0.2 * ((i - 1) % 4));
    hand[i * HAND_STRIDE] = x + reach * Math.cos(axis);
    hand[i * HAND_STRIDE + 1] = y + reach * Math.sin(axis);
  }
  const patch = {
    x: x - 20,
    y: y - 20,
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

/** The forearm swings to the camera and back, while the hand goes on to point upwards. */
function reaching(count: number): Places[] {
  return Array.from({ length: count }, (_, i) => {
    const length = 38 * Math.cos((Math.PI * i) / (count - 1));
    return moved(STANDING, { leftElbow: [150, 70], leftWrist: [150, 70 - length] });
  });
}

test('a hand that would fold back over its forearm, or lie beside its end, is not attached', () => {
  const good = { gap: 0.1, fold: 0.2, forearm: 2 };
  assert.ok(isAttached(good));
  assert.ok(!isAttached({ ...good, gap: GAP_MAX + 0.01 }));
  assert.ok(!isAttached({ ...good, fold: FOLD_MAX + 0.01 }));
  assert.ok(isAttached({ gap: 0.1, fold: 2.8, forearm: 0.05 }), 'there is nothing to fold over');
});

test('every hand that is borrowed hangs on the forearm that is drawn', () => {
  const places = reaching(60);
  const motion = motionOf(places);
  for (const [i, frame] of motion.frames.entries()) {
    frame.hands = { left: handAt(places[i]!.leftWrist, -Math.PI / 2), right: null };
  }
  const bare = stickFigure();
  const seen = handAt([155, 131], Math.PI / 2).hand;
  const handed = { ...bare, hands: { left: seen, right: null } };
  for (const character of [bare, handed]) {
    const orientation = 'image';
    const { frames } = retarget(character, motion, { orientation, hands: 'driver' });
    let borrowed = 0;
    for (const [i, { joints, bodyScale, hands }] of frames.entries()) {
      for (const hand of hands ?? []) {
        borrowed += 1;
        const attachment = measureAttachment(character, joints, bodyScale, hand);
        assert.ok(isAttached(attachment), `frame ${i}: ${JSON.stringify(attachment)}`);
      }
    }
    assert.ok(borrowed > 10, `${borrowed} frames with a hand`);
  }
});

test('the gap is measured from the arm as it is drawn, shortened arms too', () => {
  const character = stickFigure();
  const places = reaching(2);
  const motion = motionOf(new Array<Places>(20).fill(places[0]!));
  for (const frame of motion.frames) {
    frame.hands = { left: handAt(places[0]!.leftWrist, -Math.PI / 2), right: null };
  }
  const { frames } = retarget(character, motion, { orientation: 'image', hands: 'driver' });
  const { joints, bodyScale, hands } = frames[0]!;
  const hand = hands![0]!;
  const near = measureAttachment(character, joints, bodyScale, hand).gap;
  const away = { ...hand, place: { x: hand.place.x + PALM * hand.scale, y: hand.place.y } };
  const far = measureAttachment(character, joints, bodyScale, away).gap;
  assert.ok(near < 0.2 && far > 0.8 && far < 1.2, `${near}, ${far}`);
});

test('under a sleeve too the own wrist reaches up to a hand that comes without one', () => {
  const places = new Array<Places>(20).fill(STANDING);
  const motion = motionOf(places);
  for (const frame of motion.frames) {
    frame.hands = { left: handAt(STANDING.leftWrist, Math.PI / 2), right: null };
  }
  const seen = handAt(STANDING.leftWrist, Math.PI / 2).hand;
  const character = { ...stickFigure(), hands: { left: seen, right: null } };
  const { frames } = retarget(character, motion, { orientation: 'image', hands: 'driver' });
  const hand = frames[0]!.hands?.[0];
  assert.ok(hand?.isInSleeve && hand.patch.cut === null);
  assert.ok(hand.own.fade[0] > hand.fade[0] && hand.own.fade[1] > hand.fade[1]);
});
