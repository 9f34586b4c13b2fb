import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readPicture } from '../media/picture.ts';
import type { RgbaImage } from '../model/image.ts';
import { POSE, POSE_STRIDE } from '../model/pose.ts';
import { type DetectedPose, type Detectors, openDetectors } from './detectors.ts';
import { measureMismatch } from './face-regions.ts';

/** A real standing woman, on the machines that have her. */
const WOMAN = fileURLToPath(
  new URL('../../../../../shared/media/person-plaid.jpg', import.meta.url),
);
const withWoman = { skip: existsSync(WOMAN) ? false : 'person-plaid.jpg is not here' };

let detectors: Detectors;
before(async () => {
  detectors = await openDetectors({ poseModel: 'lite' });
});
after(() => detectors.close());

function makeGradient(alpha: number): RgbaImage {
  const data = Uint8Array.from({ length: 320 * 240 * 4 }, (_, i) =>
    i % 4 === 3 ? alpha : (i >> 11) & 255,
  );
  return { width: 320, height: 240, data };
}

const readWoman = () => readPicture(WOMAN, { fit: { width: 500, height: 700 } });

function placeOf({ pose }: DetectedPose, point: keyof typeof POSE): { x: number; y: number } {
  const at = POSE[point] * POSE_STRIDE;
  return { x: pose[at]!, y: pose[at + 1]! };
}

test('nobody is found where nobody is, opaque or cut out', async () => {
  for (const image of [makeGradient(255), makeGradient(40)]) {
    assert.equal(await detectors.detectPose(image, { mask: true }), null);
    assert.equal(await detectors.detectFace(image), null);
  }
});

test('loading the networks leaves no trace of a browser in the globals', () => {
  assert.equal('importScripts' in globalThis, false);
  assert.equal('ModuleFactory' in globalThis, false);
});

test(
  'a person is found with joints in order, a mask around them and a face on her head',
  withWoman,
  async () => {
    const image = await readWoman();
    const found = await detectors.detectPose(image, { mask: true });
    assert.ok(found !== null && found.score > 0.9);
    assert.equal(found.personCount, 1);
    assert.ok(placeOf(found, 'nose').y < placeOf(found, 'leftShoulder').y);
    assert.ok(placeOf(found, 'leftHip').y < placeOf(found, 'leftKnee').y);
    // Her own left is to the right of the picture, since she faces us.
    assert.ok(placeOf(found, 'leftShoulder').x > placeOf(found, 'rightShoulder').x);
    const { x, y } = placeOf(found, 'leftKnee');
    const mask = found.mask!;
    assert.ok(mask.data[Math.round(y) * mask.width + Math.round(x)]! > 0.8);
    assert.ok(mask.data[5 * mask.width + 5]! < 0.1);
    const face = await detectors.detectFace(image, { pose: found.pose });
    assert.ok(face !== null && measureMismatch(face.face, found.pose) < 0.1);
  },
);

test('she is followed without searching, also where she was not quite', withWoman, async () => {
  const image = await readWoman();
  const first = await detectors.detectPose(image);
  const near = { ...first!.region, x: first!.region.x + 12, y: first!.region.y - 9 };
  const next = await detectors.detectPose(image, { near });
  assert.equal(next!.personCount, null);
  const [a, b] = [placeOf(first!, 'leftKnee'), placeOf(next!, 'leftKnee')];
  assert.ok(Math.hypot(a.x - b.x, a.y - b.y) < 12);
});

test('a face that has slipped is found again on the head', withWoman, async () => {
  const image = await readWoman();
  const { pose } = (await detectors.detectPose(image))!;
  const { face } = (await detectors.detectFace(image, { pose }))!;
  const slipped = face.map((value, i) => (i % 3 === 1 ? value + 60 : value * 1.3));
  const again = await detectors.detectFace(image, { pose, near: slipped });
  assert.ok(measureMismatch(again!.face, pose) < 0.1);
});
