import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHttpRig } from '../../testing/http-rig.ts';
import { receipt } from './schema.ts';

test('a receipt adds up, and has the form of the document', async (t) => {
  const rig = await createHttpRig();
  t.after(() => rig.close());
  const taskId = await rig.submit();
  await rig.finish(taskId);
  const answer = await rig.call('GET', `/v1/videos/${taskId}/receipt`);
  assert.equal(answer.statusCode, 200);
  const found = receipt.parse(answer.json());
  assert.deepEqual(found, answer.json());
  assert.equal(found.price.rate_nanos_per_ms, 102_880);
  assert.equal(found.rounding?.billable_seconds, 8);
  assert.equal(found.sums.charged_usd, '0.82304');
  assert.equal(found.sums.sums_to_zero, true);
  const total = found.lines.reduce((sum, line) => sum + BigInt(line.amount_nanos), 0n);
  assert.equal(total, 0n);
});
