import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ADMIN_KEY, createHttpRig, type HttpRig } from '../../testing/http-rig.ts';

let rig: HttpRig;
before(async () => {
  rig = await createHttpRig();
});
after(() => rig.close());

const asAdmin = { key: ADMIN_KEY };

test('a new account has money and keys of its own', async () => {
  const made = await rig.call('POST', '/admin/accounts', { ...asAdmin, body: { name: 'shop' } });
  assert.equal(made.statusCode, 200);
  const { id, name } = made.json();
  assert.equal(name, 'shop');
  const body = { account_id: id };
  const { key } = (await rig.call('POST', '/admin/keys', { ...asAdmin, body })).json();
  const credit = { ...body, amount_usd: '3' };
  await rig.call('POST', '/admin/credits', { ...asAdmin, body: credit });
  const balance = async (used?: string) =>
    (await rig.call('GET', '/v1/balance', used ? { key: used } : {})).json().available_usd;
  assert.deepEqual([await balance(key), await balance()], ['3.00000', '10.00000']);
});

test('accounts are listed page by page, and only for the operator', async () => {
  for (const name of ['b', 'c']) {
    rig.clock.advance(1_000);
    await rig.call('POST', '/admin/accounts', { ...asAdmin, body: { name } });
  }
  const names: string[] = [];
  let after = '';
  for (let page = 0; page < 10; page++) {
    const url = `/admin/accounts?limit=2${after && `&after=${after}`}`;
    const { data, has_more } = (await rig.call('GET', url, asAdmin)).json();
    names.push(...data.map((one: { name: string }) => one.name));
    after = data.at(-1).id;
    if (!has_more) break;
  }
  assert.deepEqual(names.slice(-2), ['b', 'c']);
  assert.equal(new Set(names).size, names.length);
  assert.equal((await rig.call('GET', '/admin/accounts')).statusCode, 403);
  const unknown = await rig.call('GET', '/admin/accounts?after=acct_none', asAdmin);
  assert.equal(unknown.statusCode, 400);
});
