import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createDoorRig, type DoorRig } from '../../testing/door-rig.ts';
import { BODY } from '../../testing/http-rig.ts';

let rig: DoorRig;
before(async () => {
  rig = await createDoorRig();
});
after(() => rig.close());

const submit = (body: object | string) => rig.call('POST', '/v1/videos/generations', { body });

type Refusal = { change: Record<string, unknown>; param: string; message: string; code?: string };

const refusals: Refusal[] = [
  { change: { model: undefined }, param: 'model', message: '"model" is required.' },
  { change: { image_url: undefined }, param: 'image_url', message: '"image_url" is required.' },
  { change: { video_url: undefined }, param: 'video_url', message: '"video_url" is required.' },
  { change: { mode: undefined }, param: 'mode', message: '"mode" is required.' },
  {
    change: { character_orientation: undefined },
    param: 'character_orientation',
    message: '"character_orientation" is required.',
  },
  {
    change: { mode: 'ultra' },
    param: 'mode',
    message: '"mode" must be "std" or "pro", not "ultra".',
  },
  {
    change: { character_orientation: 'both' },
    param: 'character_orientation',
    message: '"character_orientation" must be "image" or "video", not "both".',
  },
  {
    change: { keep_original_sound: true },
    param: 'keep_original_sound',
    message: '"keep_original_sound" must be "yes" or "no", not true.',
  },
  { change: { prompt: 5 }, param: 'prompt', message: '"prompt" must be a string, not 5.' },
  { change: { prompt: null }, param: 'prompt', message: '"prompt" must be a string, not null.' },
  {
    change: { image_url: '' },
    param: 'image_url',
    message: '"image_url" must not be empty, not "".',
  },
  {
    change: { video_url: 'ftp://example.com/a.mp4' },
    param: 'video_url',
    message:
      '"video_url" must be an http or https URL of at most 4096 characters, or the id of an upload, not "ftp://example.com/a.mp4".',
  },
  {
    change: { video_url: ['https://example.com/a.mp4'] },
    param: 'video_url',
    message: '"video_url" must be a string, not a list.',
  },
  {
    change: { duration: 8.5 },
    param: 'duration',
    message: '"duration" must be a whole number, not 8.5.',
  },
  {
    change: { duration: '8' },
    param: 'duration',
    message: '"duration" must be a number, not "8".',
  },
  { change: { duration: 0 }, param: 'duration', message: '"duration" must be at least 1, not 0.' },
  {
    change: { watermark_info: { enabled: 'yes' } },
    param: 'watermark_info.enabled',
    message: '"watermark_info.enabled" must be true or false, not "yes".',
  },
  {
    change: { watermark_info: {} },
    param: 'watermark_info.enabled',
    message: '"watermark_info.enabled" is required.',
  },
  {
    change: { external_task_id: 'x'.repeat(129) },
    param: 'external_task_id',
    message: `"external_task_id" must have at most 128 characters, not "${'x'.repeat(59)}… (129 characters).`,
  },
  {
    change: { prompt: 'a\0b' },
    param: 'prompt',
    message: '"prompt" must be Unicode text without NUL characters, not "a\\u0000b".',
  },
  {
    change: { image_url: 'https://example.com/\0.png' },
    param: 'image_url',
    message:
      '"image_url" must be Unicode text without NUL characters, not "https://example.com/\\u0000.png".',
  },
  {
    change: { external_task_id: 'a\ud800' },
    param: 'external_task_id',
    message: '"external_task_id" must be Unicode text without NUL characters, not "a\\ud800".',
  },
  {
    change: { imageUrl: 'https://example.com/a.png', image_url: undefined },
    param: 'imageUrl',
    message: 'The field "imageUrl" is not known here.',
    code: 'unknown_field',
  },
  {
    change: { watermark_info: { enabled: true, text: 'mine' } },
    param: 'watermark_info.text',
    message: 'The field "watermark_info.text" is not known here.',
    code: 'unknown_field',
  },
  {
    change: { model: 'kling-v9' },
    param: 'model',
    message: 'There is no model "kling-v9"; use "kling-v3-motion-control".',
    code: 'model_not_found',
  },
  {
    change: { prompt: 'x'.repeat(9000) },
    param: 'prompt',
    message: 'The prompt has 9000 characters; at most 2500 are allowed.',
    code: 'prompt_too_long',
  },
];

for (const { change, param, message, code = 'invalid_request' } of refusals) {
  test(`${JSON.stringify(change).slice(0, 60)} is refused as ${code} at ${param}`, async () => {
    const answer = await submit({ ...BODY, ...change });
    assert.equal(answer.statusCode, 400);
    const { error } = answer.json();
    assert.equal(error.message, message);
    assert.equal(error.code, code);
    assert.equal(error.param, param);
  });
}

test('a refusal has one form for both families of clients', async () => {
  const answer = await submit({ ...BODY, mode: 'ultra' });
  const { error, ...top } = answer.json();
  assert.deepEqual(top, { code: error.code, message: error.message, data: null });
  assert.equal(error.type, 'invalid_request_error');
  assert.match(error.request_id, /^req_/);
  assert.equal(answer.headers['x-request-id'], error.request_id);
});

const notObjects = ['{"model":', '', '[]', '"text"', 'null', '{"__proto__":{"mode":"std"}}'];

for (const body of notObjects) {
  test(`the body ${JSON.stringify(body)} is refused`, async () => {
    const headers = { 'content-type': 'application/json' };
    const answer = await rig.call('POST', '/v1/videos/generations', { body, headers });
    assert.equal(answer.statusCode, 400);
    assert.match(answer.json().code, /^invalid_(json|request)$/);
  });
}
