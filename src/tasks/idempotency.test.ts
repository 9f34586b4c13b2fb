import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TEST_DATABASES, type TestDatabase } from '../../test/fixtures/database.ts';
import type { TaskRig } from '../../test/fixtures/task-rig.ts';
import { useTaskRig } from '../../test/fixtures/use-task-rig.ts';
import type { Caller } from '../accounts/accounts.ts';
import { ANSWER_KEPT_MS, claimAnswer } from './idempotency.ts';

const TEN_DOLLARS = 10_000_000_000n;
const HOLD = 1_028_800_000n;

for (const variant of TEST_DATABASES) testAnswers(variant);

function testAnswers(variant: TestDatabase): void {
  describe(`kept answers on ${variant.name}`, { skip: variant.skip }, () => {
    let rig: TaskRig;
    useTaskRig(variant, (opened) => {
      rig = opened;
    });

    const askedFor = (key: string, what = 'a') => ({ key, requestSha256: what.repeat(64) });
    const submit = (caller: Caller, key: string, what?: string) =>
      rig.tasks.submit(caller, rig.request(), askedFor(key, what));
    const countTasks = async ({ accountId }: Caller) => {
      const { rows } = await rig.db.executeSql('SELECT id FROM task WHERE account_id = $1', [
        accountId,
      ]);
      return rows.length;
    };
    const heldBy = async ({ accountId }: Caller) =>
      (await rig.billing.balanceOf(accountId)).heldNanos;
    const forever = new AbortController().signal;

    test('of 100 submits at once with one key one makes a task, and all get its id', async () => {
      const caller = await rig.openAccount(TEN_DOLLARS);
      const answers = await Promise.all(
        Array.from({ length: 100 }, () => submit(caller, 'one key')),
      );
      assert.equal(new Set(answers.map(({ taskId }) => taskId)).size, 1);
      assert.equal(answers.filter(({ isReplay }) => !isReplay).length, 1);
      assert.equal(await countTasks(caller), 1);
      assert.equal(await heldBy(caller), HOLD);
      assert.deepEqual(await rig.tasks.audit(), []);
    });

    test('a submit whose answer was lost is sent again and charged once', async () => {
      const caller = await rig.openAccount(TEN_DOLLARS);
      const lost = await submit(caller, 'lost');
      await rig.runToEnd(caller, lost.taskId);
      const again = await submit(caller, 'lost');
      assert.deepEqual(again, { taskId: lost.taskId, isReplay: true });
      assert.deepEqual(await rig.billing.balanceOf(caller.accountId), {
        availableNanos: TEN_DOLLARS - 823_040_000n,
        heldNanos: 0n,
      });
    });

    test('a key that was used for another request is refused, and nothing happens', async () => {
      const caller = await rig.openAccount(TEN_DOLLARS);
      await submit(caller, 'twice');
      const other = submit(caller, 'twice', 'b');
      await assert.rejects(other, { code: 'idempotency_mismatch', param: 'Idempotency-Key' });
      assert.equal(await countTasks(caller), 1);
    });

    test('a key belongs to its account alone', async () => {
      const [one, other] = [await rig.openAccount(TEN_DOLLARS), await rig.openAccount(TEN_DOLLARS)];
      const first = await submit(one, 'shared');
      const second = await submit(other, 'shared', 'b');
      assert.notEqual(first.taskId, second.taskId);
      assert.equal(second.isReplay, false);
    });

    test('a submit that was refused leaves no key behind, so it may be sent again', async () => {
      const caller = await rig.openAccount(1n);
      await assert.rejects(submit(caller, 'poor'), { code: 'insufficient_balance' });
      await rig.billing.creditAccount(caller.accountId, TEN_DOLLARS, 'more');
      assert.equal((await submit(caller, 'poor')).isReplay, false);
    });

    test('an answer is kept for 24 hours, swept or not, and then the key is free', async () => {
      const caller = await rig.openAccount(TEN_DOLLARS);
      const first = await submit(caller, 'daily');
      const swept = await submit(caller, 'swept');
      rig.clock.advance(ANSWER_KEPT_MS - 1);
      assert.deepEqual(await submit(caller, 'daily'), { ...first, isReplay: true });
      rig.clock.advance(1);
      const next = await submit(caller, 'daily', 'b');
      assert.equal(next.isReplay, false);
      await rig.tasks.sweep();
      const { rows } = await rig.db.executeSql(
        'SELECT key FROM idempotency_key WHERE account_id = $1',
        [caller.accountId],
      );
      assert.deepEqual(rows, [{ key: 'daily' }], 'the one that is in use again is kept');
      assert.notEqual((await submit(caller, 'swept')).taskId, swept.taskId);
    });

    test('a key whose time ends while it is looked up is answered as it was when it was taken', async () => {
      const caller = await rig.openAccount(TEN_DOLLARS);
      const { accountId } = caller;
      const idempotency = askedFor('ending');
      const claim = (means: Pick<TaskRig, 'clock'>, answer: string) =>
        rig.db.transaction((tx) => claimAnswer(means, tx, { accountId, idempotency, answer }));
      await claim(rig, 'first');
      rig.clock.advance(ANSWER_KEPT_MS - 1);
      const takenAtMs = rig.clock.now();
      const { advance } = rig.clock;
      let looks = 0;
      // Each look at this clock comes a millisecond later, as on a machine with other work.
      const clock = { advance, now: () => takenAtMs + looks++ };
      assert.deepEqual(await claim({ clock }, 'second'), { answer: 'first', isReplay: true });
    });

    test('a quote that is asked for again is the same quote, with its fields in order', async () => {
      const caller = await rig.openAccount(1n);
      const ask = () => rig.tasks.quote(caller, rig.request(), forever, askedFor('quote'));
      const first = await ask();
      const again = await ask();
      assert.equal(again.isReplay, true);
      assert.equal(JSON.stringify(again.quote), JSON.stringify(first.quote));
      const mismatch = rig.tasks.quote(caller, rig.request(), forever, askedFor('quote', 'b'));
      await assert.rejects(mismatch, { code: 'idempotency_mismatch' });
    });

    test('of two quotes at once with one key both get the same one', async () => {
      const caller = await rig.openAccount(1n);
      const ask = () => rig.tasks.quote(caller, rig.request(), forever, askedFor('pair'));
      const [one, other] = await Promise.all([ask(), ask()]);
      assert.equal(one.quote.id, other.quote.id);
    });
  });
}
