import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BODY, createHttpRig, type HttpRig } from '../../testing/http-rig.ts';
import { makeMp4, makePng } from '../../testing/upload-rig.ts';

let rig: HttpRig;
before(async () => {
  rig = await createHttpRig();
});
after(() => rig.close());

const upload = async (bytes: Buffer): Promise<string> =>
  (await rig.uploads.receiveBytes(rig.accountId, bytes)).upload.id;

const submit = (body: object) =>
  rig.call('POST', '/v1/videos/generations', { body: { ...BODY, ...body } });

test('an upload stays while a task has yet to take its copy, and then may go', async () => {
  const id = await upload(makePng(900));
  const taskId = await rig.submit({ image_url: id });
  const refused = await rig.call('DELETE', `/v1/uploads/${id}`);
  assert.equal(refused.statusCode, 409);
  assert.equal(refused.json().code, 'upload_in_use');
  assert.equal((await rig.call('GET', `/v1/uploads/${id}`)).statusCode, 200);
  await rig.finish(taskId);
  const removed = await rig.call('DELETE', `/v1/uploads/${id}`);
  assert.deepEqual(removed.json(), { id, object: 'upload', deleted: true });
  assert.equal((await rig.call('GET', `/v1/uploads/${id}`)).statusCode, 404);
  assert.equal(await rig.storage.stat(`uploads/${id}/image.png`), null);
});

test('an expired upload is swept, but not from under a task that claimed it in time', async () => {
  const [idle, wanted] = [await upload(makePng(901)), await upload(makeMp4(902))];
  const taskId = await rig.submit({ video_url: wanted });
  rig.clock.advance(24 * 3_600_000);
  await rig.uploads.sweep();
  assert.equal(await rig.storage.stat(`uploads/${idle}/image.png`), null);
  assert.notEqual(await rig.storage.stat(`uploads/${wanted}/video.mp4`), null);
  assert.equal((await rig.call('GET', `/v1/uploads/${wanted}`)).statusCode, 404, 'it is expired');
  await rig.finish(taskId);
  await rig.uploads.sweep();
  assert.equal(await rig.storage.stat(`uploads/${wanted}/video.mp4`), null);
  const rows = await rig.db.kysely.selectFrom('upload').select('id').execute();
  assert.deepEqual(rows, []);
});

test('the uploads of another account do not exist', async () => {
  const other = await rig.accounts.createAccount('other');
  const { upload: theirs } = await rig.uploads.receiveBytes(other.id, makePng(903));
  for (const method of ['GET', 'DELETE'] as const) {
    const answer = await rig.call(method, `/v1/uploads/${theirs.id}`);
    assert.equal(answer.statusCode, 404);
    assert.equal(answer.json().code, 'upload_not_found');
  }
  const refused = await submit({ image_url: theirs.id });
  assert.equal(refused.statusCode, 404);
  assert.equal(refused.json().error.param, 'image_url');
  const same = await rig.uploads.receiveBytes(rig.accountId, makePng(903));
  assert.equal(same.isNew, true, 'bytes are shared within an account only');
});

test('an upload of the wrong kind, or of no account, is refused by the field that names it', async () => {
  const picture = await upload(makePng(904));
  const wrong = await submit({ video_url: picture });
  assert.equal(wrong.statusCode, 422);
  assert.equal(wrong.json().code, 'upload_kind_wrong');
  assert.equal(wrong.json().error.param, 'video_url');
  assert.match(wrong.json().message, /is an image; "video_url" needs a video\./);
  const none = await submit({ image_url: `upload_${'z'.repeat(22)}` });
  assert.equal(none.json().code, 'upload_not_found');
  assert.equal((await rig.call('GET', '/v1/balance')).json().held_usd, '0.00000');
});

test('uploads are listed newest first, page by page', async () => {
  for (const { id } of (await rig.uploads.list(rig.accountId, { limit: 9, after: null })).uploads) {
    await rig.uploads.remove(rig.accountId, id);
  }
  const ids: string[] = [];
  for (let index = 0; index < 3; index++) {
    ids.unshift(await upload(makePng(950 + index)));
    rig.clock.advance(1000);
  }
  const first = (await rig.call('GET', '/v1/uploads?limit=2')).json();
  assert.deepEqual(
    first.data.map(({ id }: { id: string }) => id),
    ids.slice(0, 2),
  );
  assert.equal(first.has_more, true);
  const rest = (await rig.call('GET', `/v1/uploads?limit=2&after=${ids[1]}`)).json();
  assert.deepEqual([rest.data[0].id, rest.data.length, rest.has_more], [ids[2], 1, false]);
  assert.equal((await rig.call('GET', '/v1/uploads?limit=0')).statusCode, 400);
});
