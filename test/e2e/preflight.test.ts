import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import { after, beforeEach, test } from 'node:test';
import sharp from 'sharp';
import { makeClip } from '../fixtures/clips.ts';
import { openInnerService } from './inner-service.ts';
import { makePersonClip, SAMPLE_PICTURE } from './media.ts';

const inner = await openInnerService(async (media) => {
  await copyFile(SAMPLE_PICTURE, media('person.jpg'));
  const half = { left: 0, top: 0, width: 720, height: 660 };
  await sharp(SAMPLE_PICTURE).extract(half).toFile(media('half.jpg'));
  const plain = { width: 720, height: 800, channels: 3 as const, background: '#478' };
  await sharp({ create: plain }).toFile(media('nobody.jpg'));
  await makePersonClip(media('dance.mp4'), 4);
  await makeClip(media('long.mp4'), { seconds: 12, hasSound: true });
});
const { client, files, lines, count } = inner;
after(() => inner.close());

beforeEach(() => {
  lines.length = 0;
  files.wholes.length = 0;
});

const body = (picture: string, clip: string) =>
  ({
    image_url: `${files.url}/${picture}`,
    video_url: `${files.url}/${clip}`,
    character_orientation: 'image',
    mode: 'std',
  }) as const;

test('a quote and its submit cost the same after one probe and one look', async () => {
  const request = body('half.jpg', 'dance.mp4');
  const quote = await client.quote(request);
  const found = quote.findings.find(({ code }) => code === 'half_body');
  assert.deepEqual(
    [found?.subject, found?.severity, quote.is_acceptable],
    ['pair', 'warning', true],
  );

  const video = await client.wait(await client.create({ ...request, quote_id: quote.id }));
  assert.equal(video.status, 'completed', JSON.stringify(video.error));
  assert.equal(video.usage?.['charged_usd'], quote.price_usd);
  assert.deepEqual([count('probed'), count('pre-flight')], [1, 1]);
  const warning = video.warnings.find(({ code }) => code === 'half_body');
  assert.equal(warning?.advice, found?.advice);
  assert.equal(warning?.message, found?.message);
});

test('a picture of nobody is told by the quote, and refused with what to do and no charge', async () => {
  const request = body('nobody.jpg', 'dance.mp4');
  const quote = await client.quote(request);
  assert.equal(quote.is_acceptable, false);
  const [finding] = quote.findings;
  assert.equal(finding?.code, 'no_person');

  const video = await client.wait(await client.create({ ...request, quote_id: quote.id }));
  assert.equal(video.status, 'failed');
  assert.equal(count('pre-flight'), 1);
  assert.deepEqual(video.error && [video.error.code, video.error.hint], [
    'no_person',
    finding?.advice,
  ]);
  assert.equal(video.usage?.['charged_usd'], '0.00000');
});

test('a clip that breaks a limit is refused before all of it is fetched or looked at', async () => {
  await assert.rejects(client.quote(body('person.jpg', 'long.mp4')), {
    code: 'reference_too_long',
  });
  const video = await client.wait(await client.create(body('person.jpg', 'long.mp4')));
  assert.equal(video.error?.code, 'reference_too_long');
  assert.deepEqual(files.wholes, ['person.jpg', 'person.jpg']);
  assert.equal(count('pre-flight'), 0);
});
