import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestClock } from '../../../../test/fixtures/clock.ts';
import { silentLog } from '../../../../test/fixtures/database.ts';
import { createMetrics } from '../../../metrics/metrics.ts';
import { createDoorRig } from '../../testing/door-rig.ts';

const KEY = 'a-key-for-the-scraper';

async function openRig(t: { after(work: () => Promise<void>): void }, keys: string[] | null) {
  const metrics = createMetrics({ clock: createTestClock(), log: silentLog, version: '1.2.3' });
  const door = await createDoorRig(
    {},
    { figures: metrics.http, metrics: { read: metrics.read, keys } },
  );
  t.after(async () => {
    metrics.close();
    await door.close();
  });
  return door;
}

test('the page counts every request by the pattern of its route, never by its path', async (t) => {
  const rig = await openRig(t, null);
  await rig.call('GET', '/healthz', { key: null });
  await rig.call('GET', '/v1/balance', { key: 'us_wrong' });
  await rig.call('GET', '/nowhere/task_secret', { key: null });
  const answer = await rig.call('GET', '/metrics', { key: null });
  assert.equal(answer.statusCode, 200);
  assert.match(String(answer.headers['content-type']), /^text\/plain; version=0\.0\.4/);
  const lines = answer.body.split('\n');
  for (const labels of [
    'method="GET",route="/healthz",status="200"',
    'method="GET",route="/v1/balance",status="401"',
    'method="GET",route="none",status="404"',
  ]) {
    assert.ok(lines.includes(`understudy_http_requests_total{${labels}} 1`), labels);
  }
  assert.ok(lines.includes('understudy_http_requests_open 1'), 'the page itself is under way');
  assert.doesNotMatch(answer.body, /task_secret/);
});

test('a page with a key is opened by that key only', async (t) => {
  const rig = await openRig(t, [KEY]);
  assert.equal((await rig.call('GET', '/metrics', { key: null })).statusCode, 401);
  const wrong = await rig.call('GET', '/metrics');
  assert.equal(wrong.json().code, 'invalid_api_key', 'the key of an account does not open it');
  assert.equal((await rig.call('GET', '/metrics', { key: KEY })).statusCode, 200);
});

test('a page that is not wanted is not there', async (t) => {
  const rig = await createDoorRig();
  t.after(() => rig.close());
  assert.equal((await rig.call('GET', '/metrics', { key: null })).statusCode, 404);
});
