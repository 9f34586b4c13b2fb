import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHttpRig } from '../../testing/http-rig.ts';

test('a client that gives up waiting changes nothing, and finds its task again', async (t) => {
  const rig = await createHttpRig();
  t.after(() => rig.close());
  const address = await rig.app.listen({ port: 0, host: '127.0.0.1' });
  const taskId = await rig.submit();
  const url = `${address}/v1/videos/${taskId}`;
  const headers = { authorization: `Bearer ${rig.key}` };
  const gone = new AbortController();
  const isAsked = Promise.withResolvers<void>();
  rig.app.server.once('request', () => setImmediate(isAsked.resolve));
  const asking = fetch(`${url}?wait=60`, { headers, signal: gone.signal });
  await isAsked.promise;
  gone.abort();
  await assert.rejects(asking, { name: 'AbortError' });
  assert.equal((await rig.call('GET', '/v1/balance')).json().held_usd, '1.02880');
  await rig.finish(taskId);
  const answer = await fetch(url, { headers });
  assert.equal(((await answer.json()) as { status: string }).status, 'completed');
});
