import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BODY, createHttpRig, type HttpRig } from '../../testing/http-rig.ts';

let rig: HttpRig;
before(async () => {
  rig = await createHttpRig(100n);
});
after(() => rig.close());

const submit = (key: string, changes: object = {}) =>
  rig.call('POST', '/v1/videos/generations', {
    body: { ...BODY, ...changes },
    headers: { 'idempotency-key': key },
  });

test('a submit that is sent again gets the same answer, and says that it is one', async () => {
  const first = await submit('order 1');
  const again = await submit('order 1');
  assert.equal(first.statusCode, 200, first.body);
  assert.equal(first.headers['idempotent-replayed'], undefined);
  assert.equal(again.headers['idempotent-replayed'], 'true');
  assert.equal(again.body, first.body);
  assert.equal((await rig.call('GET', '/v1/balance')).json().held_usd, '1.02880');
});

test('the order of fields and a default written out make no other request', async () => {
  const first = await submit('order 2');
  const { mode, ...rest } = BODY;
  const turned = await rig.call('POST', '/v1/videos/generations', {
    body: { keep_original_sound: 'yes', mode, ...rest },
    headers: { 'idempotency-key': 'order 2' },
  });
  assert.equal(turned.body, first.body);
});

test('another body, and another kind of request, under the same key is a conflict', async () => {
  await submit('order 3');
  for (const changes of [{ mode: 'pro' }, { prompt: '' }, { quote_id: 'quote_1' }]) {
    const answer = await submit('order 3', changes);
    assert.equal(answer.statusCode, 409);
    assert.equal(answer.json().code, 'idempotency_mismatch');
    assert.equal(answer.json().error.param, 'Idempotency-Key');
  }
  const headers = { 'idempotency-key': 'order 3' };
  const quote = await rig.call('POST', '/v1/videos/quotes', { body: BODY, headers });
  assert.equal(quote.json().code, 'idempotency_mismatch');
});

test('a quote that is asked for again is the same one', async () => {
  const ask = () =>
    rig.call('POST', '/v1/videos/quotes', {
      body: BODY,
      headers: { 'idempotency-key': 'quote 1' },
    });
  const first = await ask();
  const again = await ask();
  assert.equal(again.headers['idempotent-replayed'], 'true');
  assert.equal(again.body, first.body);
});

test('a refused submit leaves no key behind', async () => {
  const { id } = await rig.accounts.createAccount('another');
  const { key } = await rig.accounts.createKey(id, 'another');
  const headers = { 'idempotency-key': 'order 4' };
  const send = () => rig.call('POST', '/v1/videos/generations', { body: BODY, headers, key });
  assert.equal((await send()).statusCode, 402);
  await rig.billing.creditAccount(id, 2_000_000_000n, 'more');
  assert.equal((await send()).statusCode, 200);
});

test('a key of 255 characters is taken, and what cannot be a key is refused with the limit', async () => {
  assert.equal((await submit('k'.repeat(255))).statusCode, 200);
  for (const key of ['k'.repeat(256), '', 'schl\u00fcssel']) {
    const answer = await submit(key);
    assert.equal(answer.statusCode, 400, key);
    assert.match(answer.json().message, /1 to 255 printable ASCII characters/);
  }
});

test('a picture inside the body is stored once, however often it is sent under its key', async () => {
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  );
  const picture = { image_url: `data:image/png;base64,${png.toString('base64')}` };
  const first = await submit('order 5', picture);
  assert.equal(first.statusCode, 200, first.body);
  const uploads = async () => (await rig.call('GET', '/v1/uploads')).json().data.length;
  assert.equal(await uploads(), 1);
  const taskId = first.json().data[0].task_id;
  await rig.finish(taskId);
  const { data } = (await rig.call('GET', '/v1/uploads')).json();
  await rig.call('DELETE', `/v1/uploads/${data[0].id}`);
  assert.equal((await submit('order 5', picture)).body, first.body);
  assert.equal(await uploads(), 0, 'nothing is stored for an answer that is known');
});
