import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TEST_DATABASES, type TestDatabase } from '../../test/fixtures/database.ts';
import type { TaskRig } from '../../test/fixtures/task-rig.ts';
import { useTaskRig } from '../../test/fixtures/use-task-rig.ts';
import { isAppError } from '../kernel/errors.ts';

const HOLD = 1_028_800_000n;
const CLIENTS = 64;
const TRIES_PER_CLIENT = 10;
const HOLDS_IN_FUNDS = 200;

for (const variant of TEST_DATABASES) testFunds(variant);

function testFunds(variant: TestDatabase): void {
  describe(`funds on ${variant.name}`, { skip: variant.skip }, () => {
    let rig: TaskRig;
    useTaskRig(variant, (opened) => {
      rig = opened;
    });

    test('funds for 200 holds, 64 clients, 640 tries: exactly 200 are accepted', async () => {
      const caller = await rig.openAccount(BigInt(HOLDS_IN_FUNDS) * HOLD + HOLD - 1n);
      const outcomes: string[] = [];
      const runClient = async () => {
        for (let round = 0; round < TRIES_PER_CLIENT; round++) {
          const outcome = await rig.tasks.submit(caller, rig.request()).then(
            () => 'accepted',
            (error: unknown) => (isAppError(error) ? error.code : String(error)),
          );
          outcomes.push(outcome);
        }
      };
      await Promise.all(Array.from({ length: CLIENTS }, runClient));
      const count = (wanted: string) => outcomes.filter((outcome) => outcome === wanted).length;
      assert.equal(count('accepted'), HOLDS_IN_FUNDS);
      assert.equal(count('insufficient_balance'), CLIENTS * TRIES_PER_CLIENT - HOLDS_IN_FUNDS);
      assert.deepEqual(await rig.billing.balanceOf(caller.accountId), {
        availableNanos: HOLD - 1n,
        heldNanos: BigInt(HOLDS_IN_FUNDS) * HOLD,
      });
      const { rows } = await rig.db.executeSql(
        'SELECT count(*) AS n FROM pgboss.job j JOIN task k ON k.id = j.singleton_key WHERE k.account_id = $1',
        [caller.accountId],
      );
      assert.equal(Number(rows[0]?.['n']), HOLDS_IN_FUNDS, 'each has its job, and no other');
      assert.deepEqual(await rig.tasks.audit(), []);
    });
  });
}
