import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BODY, createHttpRig, type HttpRig } from '../../testing/http-rig.ts';
import { makePng } from '../../testing/upload-rig.ts';

let rig: HttpRig;
before(async () => {
  rig = await createHttpRig();
});
after(() => rig.close());

const submit = (image_url: string) =>
  rig.call('POST', '/v1/videos/generations', { body: { ...BODY, image_url } });

const readRow = async (taskId: string) =>
  await rig.db.kysely
    .selectFrom('task')
    .select('image_url')
    .where('id', '=', taskId)
    .executeTakeFirstOrThrow();

const png = makePng(29_000);
const jpeg = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), makePng(2000)]);

const pictures = [
  { name: 'a data: URL', bytes: png, text: `data:image/png;base64,${png.toString('base64')}` },
  { name: 'bare base64 of a PNG', bytes: png, text: png.toString('base64') },
  { name: 'bare base64 of a JPEG', bytes: jpeg, text: jpeg.toString('base64') },
  {
    name: 'a data: URL of another type than its bytes',
    bytes: jpeg,
    text: `data:image/png;base64,${jpeg.toString('base64')}`,
  },
];

for (const { name, bytes, text } of pictures) {
  test(`${name} becomes an upload, and the task holds no more than its id`, async () => {
    const answer = await submit(text);
    assert.equal(answer.statusCode, 200, answer.body);
    const { image_url } = await readRow(answer.json().data[0].task_id);
    assert.match(image_url, /^upload_\w{22}$/);
    const found = await rig.uploads.find(rig.accountId, image_url);
    assert.equal(found.sizeBytes, bytes.length);
  });
}

const refusals = [
  {
    name: 'damaged base64',
    text: `${png.toString('base64')}!`,
    status: 422,
    code: 'image_unreadable',
  },
  {
    name: 'a data: URL of something else',
    text: `data:image/png;base64,${Buffer.from('GIF89a nothing').toString('base64')}`,
    status: 422,
    code: 'image_format_unsupported',
  },
  {
    name: 'a picture over the limit',
    text: makePng(30_001).toString('base64'),
    status: 413,
    code: 'upload_too_large',
  },
  {
    name: 'a data: URL of a clip',
    text: 'data:video/mp4;base64,AAAA',
    status: 400,
    code: 'invalid_request',
  },
];

for (const { name, text, status, code } of refusals) {
  test(`${name} is refused with ${code} at image_url`, async () => {
    const answer = await submit(text);
    assert.equal(answer.statusCode, status, answer.body);
    assert.equal(answer.json().code, code);
    assert.equal(answer.json().error.param, 'image_url');
  });
}

test('a picture inside the body is no excuse for a large body anywhere else', async () => {
  const body = { name: 'x'.repeat(30_000) };
  const answer = await rig.call('POST', '/admin/keys', { body, key: 'the-admin-key-of-this-test' });
  assert.equal(answer.statusCode, 413);
});
