import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { createClient } from '@understudy/client';
import { serveFolders } from '../fixtures/file-server.ts';
import { makePersonClip, SAMPLES } from './media.ts';
import { createKey, makeFolder, removeFolder, startService } from './service.ts';

test('a service killed while it renders completes the task after a restart and charges once', async () => {
  const folder = await makeFolder();
  const dataDir = join(folder, 'data');
  const clip = join(folder, 'clip.mp4');
  await makePersonClip(clip, 3);
  const files = await serveFolders(SAMPLES, folder);

  const first = await startService(dataDir);
  const key = await createKey(dataDir);
  const client = createClient({ baseUrl: `${first.url}/v1`, apiKey: key });
  const taskId = await client.create({
    image_url: `${files.url}/character.jpg`,
    video_url: `${files.url}/clip.mp4`,
    character_orientation: 'image',
    mode: 'std',
  });
  const rendering = Promise.withResolvers<void>();
  const waiting = client.wait(taskId, {
    onChange: (video) => {
      // A task that ends early must fail this test instead of keeping it waiting.
      const isOver = video.status === 'completed' || video.status === 'failed';
      if (video.stage === 'rendering' || isOver) rendering.resolve();
    },
  });
  // The kill below cuts this connection, which is the point.
  waiting.catch(() => undefined);
  await rendering.promise;
  assert.equal((await client.get(taskId)).status, 'in_progress', 'the kill must hit a render');
  await first.kill();

  const second = await startService(dataDir);
  const again = createClient({ baseUrl: `${second.url}/v1`, apiKey: key });
  const video = await again.wait(taskId);
  assert.equal(video.status, 'completed');
  assert.equal(video.usage?.['charged_usd'], '0.30864');
  const balance = await fetch(`${second.url}/v1/balance`, {
    headers: { authorization: `Bearer ${key}` },
  });
  assert.match(JSON.stringify(await balance.json()), /"9\.69136/, '10 dollars less one charge');
  assert.equal(await second.stop(), 0);
  files.close();
  await removeFolder(folder);
});
