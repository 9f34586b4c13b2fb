import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BODY, createHttpRig, type HttpRig } from '../../testing/http-rig.ts';

let rig: HttpRig;
before(async () => {
  rig = await createHttpRig(1n);
});
after(() => rig.close());

test('a hold above the balance is refused with both amounts and holds nothing', async () => {
  const answer = await rig.call('POST', '/v1/videos/generations', { body: BODY });
  assert.equal(answer.statusCode, 402);
  const { error } = answer.json();
  assert.equal(error.code, 'insufficient_balance');
  assert.equal(error.needed, '1.02880');
  assert.equal(error.available, '1.00000');
  assert.match(error.message, /1\.02880 .*1\.00000/);
  const balance = (await rig.call('GET', '/v1/balance')).json();
  assert.equal(balance.available_usd, '1.00000');
  assert.equal(balance.held_usd, '0.00000');
});

test('an estimate that fits the balance makes the hold fit too', async () => {
  assert.match(await rig.submit({ duration: 9 }), /^task_/);
});
