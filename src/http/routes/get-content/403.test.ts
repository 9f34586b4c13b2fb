import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BASE_URL, createHttpRig, type HttpRig } from '../../testing/http-rig.ts';

let rig: HttpRig;
before(async () => {
  rig = await createHttpRig();
});
after(() => rig.close());

async function completeTask(): Promise<{ taskId: string; signed: URL }> {
  const taskId = await rig.submit();
  await rig.finish(taskId);
  const { url } = (await rig.call('GET', `/v1/videos/${taskId}`)).json();
  return { taskId, signed: new URL(url) };
}

const get = (url: URL) => rig.call('GET', url.href.slice(BASE_URL.length), { key: null });

test('an address that was changed in any part is refused', async () => {
  const { signed } = await completeTask();
  const other = await completeTask();
  const changes: ((url: URL) => void)[] = [
    (url) => url.searchParams.set('exp', String(Number(url.searchParams.get('exp')) + 1)),
    (url) => url.searchParams.set('sig', 'AAAA'),
    (url) => url.searchParams.set('sig', other.signed.searchParams.get('sig') ?? ''),
    (url) => url.searchParams.delete('exp'),
    (url) => url.searchParams.delete('sig'),
    (url) => {
      url.pathname = other.signed.pathname;
    },
  ];
  for (const change of changes) {
    const changed = new URL(signed);
    change(changed);
    const answer = await get(changed);
    assert.equal(answer.statusCode, 403, changed.href);
    assert.equal(answer.json().code, 'forbidden');
  }
});

test('an address stops working when its time is over, and the key still works', async () => {
  const { taskId, signed } = await completeTask();
  rig.clock.advance(24 * 3600 * 1000);
  const answer = await get(signed);
  assert.equal(answer.statusCode, 403);
  assert.equal(answer.json().code, 'signature_expired');
  assert.match(answer.json().message, /expired at \d{4}-/);
  assert.equal((await rig.call('GET', `/v1/videos/${taskId}/content`)).statusCode, 200);
});
