import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createHttpRig, type HttpRig } from '../../testing/http-rig.ts';
import { usage } from './schema.ts';

let rig: HttpRig;
before(async () => {
  rig = await createHttpRig();
  await rig.finish(await rig.submit());
  await rig.finish(await rig.submit({ mode: 'pro' }));
});
after(() => rig.close());

const read = async (query = '') => await rig.call('GET', `/v1/usage${query}`);

test('usage of the last 30 days by day, with a sum, in the form of the document', async () => {
  const answer = (await read()).json();
  assert.deepEqual(usage.parse(answer), answer);
  assert.equal(answer.data.length, 1);
  assert.match(answer.data[0].group, /^\d{4}-\d\d-\d\d$/);
  assert.deepEqual(answer.total, { videos: 2, billable_seconds: 16, charged_usd: '1.92000' });
  assert.equal(answer.to - answer.from, 30 * 24 * 3600);
});

test('usage by mode and by key says whose seconds they were', async () => {
  const { data } = (await read('?group_by=mode')).json();
  assert.deepEqual(
    data.map(({ group, charged_usd }: { group: string; charged_usd: string }) => [
      group,
      charged_usd,
    ]),
    [
      ['pro', '1.09696'],
      ['std', '0.82304'],
    ],
  );
  const byKey = (await read('?group_by=key')).json().data;
  assert.equal(byKey.length, 1);
  assert.match(byKey[0].group, /^key_/);
});

test('a span is given in days or in seconds', async () => {
  const day = new Date(rig.clock.now()).toISOString().slice(0, 10);
  const since = (await read(`?from=${day}`)).json();
  assert.equal(since.from, Date.parse(`${day}T00:00:00Z`) / 1000);
  const later = Math.floor(rig.clock.now() / 1000) + 60;
  const empty = (await read(`?from=${later}&to=${later + 60}`)).json();
  assert.deepEqual(empty.data, []);
  assert.equal(empty.total.charged_usd, '0.00000');
});

for (const query of ['?from=yesterday', '?from=2026-13-01', '?group_by=week', '?from=0']) {
  test(`usage with ${query} is refused with the name of the field`, async () => {
    const answer = await read(query);
    assert.equal(answer.statusCode, 400, answer.body);
    assert.equal(answer.json().error.param, query.slice(1).split('=')[0]);
  });
}
