import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ADMIN_KEY, createHttpRig, type HttpRig } from '../../testing/http-rig.ts';

let rig: HttpRig;
before(async () => {
  rig = await createHttpRig();
});
after(() => rig.close());

const asAdmin = { key: ADMIN_KEY };

test('a new key works, is shown once, and is refused as soon as it is revoked', async () => {
  const made = await rig.call('POST', '/admin/keys', { ...asAdmin, body: { name: 'shop' } });
  assert.equal(made.statusCode, 200);
  const { key, id } = made.json();
  assert.equal((await rig.call('GET', '/v1/balance', { key })).statusCode, 200);

  const list = await rig.call('GET', '/admin/keys', asAdmin);
  assert.ok(list.json().data.some((one: { id: string }) => one.id === id));
  assert.ok(!list.body.includes(key));

  assert.equal((await rig.call('DELETE', `/admin/keys/${id}`, asAdmin)).statusCode, 200);
  assert.equal((await rig.call('GET', '/v1/balance', { key })).statusCode, 401);
});

test('credit is added once for one reference', async () => {
  const body = { amount_usd: '2.50', reference: 'invoice 7' };
  const first = (await rig.call('POST', '/admin/credits', { ...asAdmin, body })).json();
  const again = (await rig.call('POST', '/admin/credits', { ...asAdmin, body })).json();
  assert.deepEqual([first.available_usd, first.is_repeat], ['12.50000', false]);
  assert.deepEqual([again.available_usd, again.is_repeat], ['12.50000', true]);
});

test('credit of nothing, of less, or of no number is refused', async () => {
  for (const amount_usd of ['0', '-5', 'ten', '1e3']) {
    const answer = await rig.call('POST', '/admin/credits', { ...asAdmin, body: { amount_usd } });
    assert.equal(answer.statusCode, 400, amount_usd);
  }
});

test('a key of a customer does not open the admin endpoints, a key of an admin does', async () => {
  assert.equal((await rig.call('GET', '/admin/keys')).statusCode, 403);
  const { key } = await rig.accounts.createKey(rig.accountId, 'operator', 'admin');
  assert.equal((await rig.call('GET', '/admin/keys', { key })).statusCode, 200);
});

test('with several accounts the one that is meant must be named', async () => {
  const { id } = await rig.accounts.createAccount('second');
  const vague = await rig.call('POST', '/admin/keys', { ...asAdmin, body: {} });
  assert.equal(vague.statusCode, 400);
  assert.equal(vague.json().error.param, 'account_id');
  const clear = await rig.call('POST', '/admin/keys', { ...asAdmin, body: { account_id: id } });
  assert.equal(clear.json().account_id, id);
});
