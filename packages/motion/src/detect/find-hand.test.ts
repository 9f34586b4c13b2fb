import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readPicture } from '../media/picture.ts';
import { HAND, handPointAt, palmLength, SIDES } from '../model/hand.ts';
import { distanceBetween, landmarkAt } from '../model/landmarks.ts';
import { POSE } from '../model/pose.ts';
import { drawnHand } from '../testing/drawn-hand.ts';
import { openDetectors } from './detectors.ts';
import { regionFromHand } from './hand-regions.ts';

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
