import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import sharp from 'sharp';
import { openDetectors } from './detect/detectors.ts';
import { lookAtPicture } from './preflight/look-at-picture.ts';
import { preflight } from './preflight.ts';

const samples = join(import.meta.dirname, '../../../samples');
const picture = join(samples, 'character.jpg');
const folder = await mkdtemp(join(tmpdir(), 'preflight-'));
after(() => rm(folder, { recursive: true }));
const detectors = await openDetectors({ poseModel: 'full', masks: false });
after(() => detectors.close());

async function placed(height: number): Promise<string> {
  const file = join(folder, `${height}.png`);
  const person = await sharp(picture).resize({ height }).toBuffer();
  await sharp({ create: { width: 1200, height: 1200, channels: 3, background: '#789' } })
    .composite([{ input: person, left: 500, top: 700 }])
    .png()
    .toFile(file);
  return file;
}

test('our own picture and clip fit each other', async () => {
  const videoFile = join(samples, 'reference.mp4');
  assert.deepEqual(await preflight({ imageFile: picture, videoFile }), []);
});

test('a person who is too small to be found at once is found all the same', async () => {
  const sight = await lookAtPicture(await placed(170), detectors);
  assert.equal(sight.person, null);
  const share = sight.smallShare ?? 0;
  assert.ok(share > 0.001 && share < 0.03, String(share));
});

test('a picture of nobody shows nobody', async () => {
  const file = join(folder, 'nobody.png');
  await sharp({ create: { width: 600, height: 800, channels: 3, background: '#456' } }).toFile(
    file,
  );
  assert.deepEqual(await lookAtPicture(file, detectors), {
    person: null,
    hasFace: false,
    isFaceClear: false,
    personCount: 0,
    smallShare: null,
  });
});
