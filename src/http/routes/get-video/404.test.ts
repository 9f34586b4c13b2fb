import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createHttpRig, type HttpRig } from '../../testing/http-rig.ts';

let rig: HttpRig;
before(async () => {
  rig = await createHttpRig();
});
after(() => rig.close());

const views = ['', '/receipt', '/content'];

for (const view of views) {
  test(`a task of another account is not there${view && ` at ${view}`}`, async () => {
    const taskId = await rig.submit();
    const { id } = await rig.accounts.createAccount('another');
    const { key } = await rig.accounts.createKey(id, 'another');
    const url = `/v1/videos/${taskId}${view}`;
    const foreign = await rig.call('GET', url, { key });
    const missing = await rig.call('GET', `/v1/videos/task_none${view}`);
    for (const [answer, seen] of [
      [foreign, taskId],
      [missing, 'task_none'],
    ] as const) {
      assert.equal(answer.statusCode, 404);
      assert.equal(answer.json().code, 'task_not_found');
      assert.equal(answer.json().message, `There is no task "${seen}" in this account.`);
    }
  });
}

test('an id that is too long or full of odd characters is just not there', async () => {
  for (const id of ['x'.repeat(150), 'x'.repeat(300), '..%2f..%2fetc', 'task_%F0%9F%92%83']) {
    const answer = await rig.call('GET', `/v1/videos/${id}`);
    assert.equal(answer.statusCode, 404, `${id}: ${answer.body}`);
  }
});

for (const view of views) {
  test(`an id that the database could not hold is refused${view && ` at ${view}`}`, async () => {
    const answer = await rig.call('GET', `/v1/videos/task_%00${view}`);
    assert.equal(answer.statusCode, 400);
    assert.equal(answer.json().error.param, 'task_id');
  });
}
