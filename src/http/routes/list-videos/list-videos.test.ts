import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createHttpRig, type HttpRig } from '../../testing/http-rig.ts';
import { videoList } from './schema.ts';

let rig: HttpRig;
const ids: string[] = [];
before(async () => {
  rig = await createHttpRig();
  for (let index = 0; index < 3; index++) {
    ids.unshift(await rig.submit());
    rig.clock.advance(1_000);
  }
});
after(() => rig.close());

const list = async (query: string) => await rig.call('GET', `/v1/videos${query}`);

test('a list has the form of the document, newest first, and pages by its last id', async () => {
  const first = (await list('?limit=2')).json();
  assert.deepEqual(videoList.parse(first), first);
  const { data, ...rest } = first;
  assert.deepEqual(
    data.map(({ id }: { id: string }) => id),
    ids.slice(0, 2),
  );
  assert.deepEqual(rest, {
    object: 'list',
    has_more: true,
    first_id: ids[0],
    last_id: ids[1],
  });
  const second = (await list(`?limit=2&after=${first.last_id}`)).json();
  assert.deepEqual([second.first_id, second.last_id, second.has_more], [ids[2], ids[2], false]);
  const end = (await list(`?after=${second.last_id}`)).json();
  assert.deepEqual([end.data, end.first_id, end.last_id], [[], null, null]);
});

test('a status chooses among the tasks', async () => {
  await rig.finish(ids[2] ?? '');
  const completed = (await list('?status=completed')).json();
  assert.deepEqual([completed.first_id, completed.data.length], [ids[2], 1]);
  assert.equal((await list('?status=queued')).json().data.length, 2);
});

test('many tasks are followed with one request', async () => {
  const { data, has_more } = (await list(`?ids=${ids[2]},task_none,${ids[0]}`)).json();
  assert.deepEqual(
    data.map(({ id }: { id: string }) => id),
    [ids[2], ids[0]],
  );
  assert.equal(has_more, false);
});

const REFUSED = [
  ['?limit=0', 'limit'],
  ['?limit=101', 'limit'],
  ['?limit=many', 'limit'],
  ['?status=done', 'status'],
  ['?after=task_none', 'after'],
  ['?ids=', 'ids'],
  ['?ids=a,,b', 'ids'],
  [`?ids=${Array.from({ length: 101 }, (_, index) => `task_${index}`).join(',')}`, 'ids'],
  ['?ids=a&limit=5', 'ids'],
  ['?page=2', 'page'],
] as const;

for (const [query, param] of REFUSED) {
  test(`a list with ${query.slice(0, 20)} is refused with the name of the field`, async () => {
    const answer = await list(query);
    assert.equal(answer.statusCode, 400, answer.body);
    assert.equal(answer.json().error.param, param);
  });
}
