import assert from 'node:assert/strict';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { boundTime } from './body-time.ts';

test('a body that stops coming fails with its limit', async () => {
  const body = new PassThrough();
  body.write('{"model":');
  await assert.rejects(text(boundTime(body, 5)), {
    code: 'body_too_slow',
    message: 'The body came too slowly: it was not there after 0.005 s; 0.005 s are enough.',
  });
});

test('a body that nobody reads fails without anybody hearing of it', async () => {
  const bound = boundTime(new PassThrough(), 5);
  await new Promise((resolve) => bound.once('close', resolve));
  assert.equal(bound.destroyed, true);
});

test('a body that comes in time is not touched', async () => {
  assert.equal(await text(boundTime(Readable.from(['{"a"', ':1}']), 60_000)), '{"a":1}');
});
