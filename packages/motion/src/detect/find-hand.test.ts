import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readPicture } from '../media/picture.ts';
import { HAND, handPointAt, palmLength, SIDES } from '../model/hand.ts';
import { distanceBetween, landmarkAt } from '../model/landmarks.ts';
import { POSE, POSE_LANDMARK_COUNT, POSE_STRIDE } from '../model/pose.ts';
import { drawnHand } from '../testing/drawn-hand.ts';
import { openDetectors } from './detectors.ts';
import { findHand } from './find-hand.ts';
import type { HandLandmarker } from './hand-landmarks.ts';
import { regionFromHand } from './hand-regions.ts';
import type { Region } from './region.ts';

/** A real standing woman, on the machines that have her. */
const WOMAN = fileURLToPath(
  new URL('../../../../../shared/media/person-plaid.jpg', import.meta.url),
);
const withWoman = { skip: existsSync(WOMAN) ? false : 'person-plaid.jpg is not here' };

test('both hands of a real person are found at the ends of her arms', withWoman, async () => {
  const image = await readPicture(WOMAN, { fit: { width: 720, height: 1080 } });
  const detectors = await openDetectors({ poseModel: 'full' });
  try {
    const body = await detectors.detectPose(image);
    assert.ok(body);
    const hands = await detectors.detectHands(image, body.pose);
    for (const side of SIDES) {
      const hand = hands[side];
      assert.ok(hand, `${side} hand`);
      const palm = palmLength(hand);
      assert.ok(palm > 35 && palm < 75, `palm of ${palm} pixels`);
      const wrist = landmarkAt(body.pose, POSE[`${side}Wrist`]);
      assert.ok(distanceBetween(handPointAt(hand, HAND.wrist), wrist) < 0.6 * palm);
    }
  } finally {
    detectors.close();
  }
});

test('the region of a known hand holds all of it, fingers upwards', () => {
  const { hand } = drawnHand();
  const region = regionFromHand(hand);
  assert.ok(Math.abs(region.rotation) < 0.2, `turned by ${region.rotation}`);
  for (let point = 0; point < 21; point += 1) {
    const { x, y } = handPointAt(hand, point);
    const away = Math.max(Math.abs(x - region.x), Math.abs(y - region.y));
    assert.ok(away < region.size / 2, `point ${point}`);
  }
});

/** The drawn hand, which a network sees whole only in a region that suits it. */
function lookingAt(presence = 0.95): { landmarker: HandLandmarker; looks: Region[] } {
  const looks: Region[] = [];
  const { hand } = drawnHand();
  const wrist = handPointAt(hand, HAND.wrist);
  const folded = hand.map((value, i) => {
    const from = [wrist.x, wrist.y, 0][i % 3]!;
    return i >= 15 ? from + 0.8 * (value - from) : value;
  });
  const landmarker: HandLandmarker = {
    async read(_, region) {
      looks.push(region);
      const fits = region.size > 0.9 * regionFromHand(folded).size;
      return { hand: fits ? hand : folded, presence: looks.length === 1 ? 0.95 : presence };
    },
    close() {},
  };
  return { landmarker, looks };
}

const bodyOfDrawn = (): Float32Array => {
  const pose = new Float32Array(POSE_LANDMARK_COUNT * POSE_STRIDE);
  const wrist = handPointAt(drawnHand().hand, HAND.wrist);
  for (const [point, x, y] of [
    [POSE.leftWrist, wrist.x, wrist.y],
    [POSE.leftElbow, wrist.x, wrist.y + 90],
  ] as const) {
    pose.set([x, y], point * POSE_STRIDE);
  }
  return pose;
};

test('a hand that opens is read again in a region of its own size', async () => {
  const { image, hand } = drawnHand();
  const wrist = handPointAt(hand, HAND.wrist);
  const fist = hand.map((value, i) => {
    const from = [wrist.x, wrist.y, 0][i % 3]!;
    return from + 0.55 * (value - from);
  });
  const opening = lookingAt();
  const place = { pose: bodyOfDrawn(), side: 'left', near: fist } as const;
  const found = await findHand(opening.landmarker, image, place);
  assert.deepEqual(found?.hand, hand);
  assert.equal(opening.looks.length, 2);
  const unsure = lookingAt(0.62);
  const kept = await findHand(unsure.landmarker, image, place);
  assert.ok(kept!.presence > 0.9, 'a reading that is less sure is not taken for it');
});

test('a hand that stays as it was is read once', async () => {
  const { image, hand } = drawnHand();
  const still = lookingAt();
  const place = { pose: bodyOfDrawn(), side: 'left', near: hand } as const;
  await findHand(still.landmarker, image, place);
  assert.equal(still.looks.length, 1);
});
