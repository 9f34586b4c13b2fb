import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDoorRig } from '../../testing/door-rig.ts';

const content = {
  storageKey: 'tasks/task_1/result.mp4',
  sizeBytes: 1000,
  etag: '"tag"',
  contentType: 'video/mp4',
};

test('a download is sent on to the store, for minutes, and only for who may have it', async (t) => {
  const signed: object[] = [];
  const rig = await createDoorRig(
    { tasks: { content: async () => content } },
    {
      signContent: async (key, options) => {
        signed.push({ key, ...options });
        return 'https://bucket.example/one?signature=two';
      },
    },
  );
  t.after(() => rig.close());
  const answer = await rig.call('GET', '/v1/videos/task_1/content');
  assert.equal(answer.statusCode, 302);
  assert.equal(answer.headers.location, 'https://bucket.example/one?signature=two');
  assert.equal(answer.headers['cache-control'], 'private, no-store');
  const { storageKey: key, contentType } = content;
  const expected = { key, contentType, lifetimeMs: 300_000, fileName: 'task_1.mp4' };
  assert.deepEqual(signed, [expected]);

  const forged = await rig.call('GET', '/v1/videos/task_1/content?exp=1&sig=AAAA', { key: null });
  assert.equal(forged.statusCode, 403);
  assert.equal((await rig.call('GET', '/v1/videos/task_1/content', { key: null })).statusCode, 401);
  assert.equal(signed.length, 1, 'nothing is signed for a stranger');
});
