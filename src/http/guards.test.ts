import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { createTestClock } from '../../test/fixtures/clock.ts';
import { createApp } from './app.ts';
import { createBuckets } from './rate-limit.ts';
import { STRAIN_MAX, type Strain } from './shed-load.ts';
import { createHttpRig, type HttpRig } from './testing/http-rig.ts';

let rig: HttpRig;
let app: HttpRig['app'];
const strain: Strain = { loopDelayMs: 0, databaseMs: 0 };
before(async () => {
  rig = await createHttpRig();
  const rates = { writes: { perSecond: 1, burst: 2 }, reads: { perSecond: 10, burst: 3 } };
  app = await createApp({ ...rig.context, rates, readStrain: () => strain });
});
after(async () => {
  await app.close();
  await rig.close();
});

const get = (url: string) =>
  app.inject({ method: 'GET', url, headers: { authorization: `Bearer ${rig.key}` } });

test('a key that reads too often is told when to come again, and then may', async () => {
  for (const left of ['2', '1', '0']) {
    const answer = await get('/v1/balance');
    assert.equal(answer.statusCode, 200);
    assert.equal(answer.headers['ratelimit-remaining'], left);
    assert.equal(answer.headers['ratelimit-limit'], '3');
  }
  const refused = await get('/v1/balance');
  assert.equal(refused.statusCode, 429);
  assert.equal(refused.json().error.code, 'rate_limited');
  assert.equal(refused.headers['retry-after'], '1');
  const submit = await app.inject({
    method: 'POST',
    url: '/v1/videos/generations',
    headers: { authorization: `Bearer ${rig.key}` },
    payload: {},
  });
  assert.equal(submit.statusCode, 400, 'changes have a bucket of their own');
  rig.clock.advance(1_000);
  assert.equal((await get('/v1/balance')).statusCode, 200);
});

test('a bucket refills steadily, and full ones are forgotten', () => {
  const clock = createTestClock();
  const buckets = createBuckets({ perSecond: 2, burst: 4 }, clock);
  for (let index = 0; index < 4; index++) assert.ok(buckets.take('a').isAllowed);
  assert.deepEqual(buckets.take('a'), {
    isAllowed: false,
    remaining: 0,
    retryAfterSeconds: 1,
    resetSeconds: 2,
  });
  clock.advance(500);
  assert.ok(buckets.take('a').isAllowed);
  assert.ok(!buckets.take('a').isAllowed);
  clock.advance(10_000);
  for (let index = 0; index < 10_001; index++) buckets.take(`key ${index}`);
  assert.ok(buckets.size() <= 10_001, `${buckets.size()} buckets`);
});

test('a clock that is set back takes no requests away', () => {
  const clock = createTestClock();
  const buckets = createBuckets({ perSecond: 2, burst: 4 }, clock);
  assert.equal(buckets.take('a').remaining, 3);
  clock.advance(-3_600_000);
  assert.equal(buckets.take('a').remaining, 2);
  clock.advance(1_000);
  assert.equal(buckets.take('a').remaining, 3, 'and it fills from there on');
});

test('a process that cannot keep up refuses, but says how it stands', async () => {
  for (const high of ['loopDelayMs', 'databaseMs'] as const) {
    strain[high] = STRAIN_MAX[high] + 1;
    const refused = await get('/v1/balance');
    assert.equal(refused.statusCode, 503);
    assert.equal(refused.json().error.code, 'overloaded');
    assert.equal(refused.headers['retry-after'], '2');
    assert.equal((await get('/healthz')).statusCode, 200);
    strain[high] = 0;
  }
  rig.clock.advance(1_000);
  assert.equal((await get('/v1/balance')).statusCode, 200);
});

test('what is no HTTP is refused in the form of every other refusal', async () => {
  await app.listen({ port: 0, host: '127.0.0.1' });
  const address = app.server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const socket = connect(address.port, '127.0.0.1');
  socket.write('nonsense\r\n\r\n');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  await once(socket, 'end');
  const [head = '', body = ''] = Buffer.concat(chunks).toString().split('\r\n\r\n');
  assert.match(head, /^HTTP\/1\.1 400 /);
  assert.equal(JSON.parse(body).error.code, 'invalid_request');
});
