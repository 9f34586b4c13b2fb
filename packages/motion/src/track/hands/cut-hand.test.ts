import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import {
  drawnHand,
  HAND_GROUND,
  HAND_PALM,
  HAND_SKIN,
  HAND_WRIST,
} from '../../testing/drawn-hand.ts';
import { cutHand } from './cut-hand.ts';

/** The arm comes from below. */
const FOREARM = -Math.PI / 2;
/** A hand of half a minute at 30 frames a second must fit into a few megabytes. */
const PATCH_BYTES_MAX = 16_000;

test('a hand is cut out whole and without its ground', async () => {
  const { image, hand } = drawnHand();
  const cut = await cutHand(image, { hand, palm: HAND_PALM, forearm: FOREARM }, HAND_SKIN, 1);
  const patch = cut?.patch;
  assert.ok(patch);
  const { data, info } = await sharp(patch.webp).raw().toBuffer({ resolveWithObject: true });
  let wrong = 0;
  let kept = 0;
  for (let i = 0; i < info.width * info.height; i += 1) {
    const x = Math.round(patch.x) + (i % info.width);
    const y = Math.round(patch.y) + Math.floor(i / info.width);
    if (y > HAND_WRIST.y) continue;
    const isHand = image.data[(y * image.width + x) * 4]! > 130;
    const isKept = data[i * 4 + 3]! > 127;
    if (isHand !== isKept) wrong += 1;
    if (isKept) kept += 1;
    const blue = data[i * 4 + 2]! - data[i * 4]!;
    if (isKept) assert.ok(blue < 0, `ground shines through at ${x}, ${y}`);
  }
  assert.ok(kept > 4000, `${kept} pixels kept`);
  assert.ok(wrong < 0.06 * kept, `${wrong} of ${kept} pixels wrong`);
});

test('the arm is measured where it is cut, and colours as they are', async () => {
  const { image, hand } = drawnHand();
  const cut = await cutHand(image, { hand, palm: HAND_PALM, forearm: FOREARM }, HAND_SKIN, 2);
  const patch = cut?.patch;
  assert.ok(patch?.cut);
  assert.ok(Math.abs(patch.cut.offset) < 3, `offset ${patch.cut.offset}`);
  assert.ok(Math.abs(patch.cut.width - 2 * 26) < 8, `width ${patch.cut.width} at twice the size`);
  assert.ok(patch.skin.mean[0] > 65 && patch.skin.mean[0] < 74, `L* ${patch.skin.mean[0]}`);
});

test('a hand keeps few bytes, however large it is in the clip', async () => {
  const { image, hand } = drawnHand();
  const factor = 6;
  const { width, height, data } = image;
  const large = await sharp(data, { raw: { width, height, channels: 4 } })
    .resize(width * factor, height * factor)
    .raw()
    .toBuffer();
  const cut = await cutHand(
    { width: width * factor, height: height * factor, data: Uint8Array.from(large) },
    { hand: hand.map((value) => value * factor), palm: HAND_PALM * factor, forearm: FOREARM },
    HAND_SKIN,
    1,
  );
  assert.ok(cut?.patch);
  assert.ok(cut.patch.webp.length < PATCH_BYTES_MAX, `${cut.patch.webp.length} bytes`);
});

test('a hand that reaches out of the frame is not lent', async () => {
  const { image, hand } = drawnHand();
  const outside = hand.map((value, i) => (i % 3 === 1 ? value - 75 : value));
  const cut = await cutHand(
    image,
    { hand: outside, palm: HAND_PALM, forearm: FOREARM },
    HAND_SKIN,
    1,
  );
  assert.equal(cut?.patch ?? null, null);
});

test('points beside the hand lend nothing', async () => {
  const { image, hand } = drawnHand();
  const ground = { ...image, data: image.data.map((_, i) => [...HAND_GROUND, 255][i % 4]!) };
  const cut = await cutHand(ground, { hand, palm: HAND_PALM, forearm: FOREARM }, HAND_SKIN, 1);
  assert.equal(cut?.patch ?? null, null);
});
