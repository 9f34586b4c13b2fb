import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TEST_DATABASES, type TestDatabase } from '../../test/fixtures/database.ts';
import type { TaskRig } from '../../test/fixtures/task-rig.ts';
import { useTaskRig } from '../../test/fixtures/use-task-rig.ts';
import { isAppError } from '../kernel/errors.ts';

const HOLD = 1_028_800_000n;
const LIMIT = 10;
const CLIENTS = 64;

for (const variant of TEST_DATABASES) testTooMany(variant);

function testTooMany(variant: TestDatabase): void {
  describe(`the limit of unfinished tasks on ${variant.name}`, { skip: variant.skip }, () => {
    let rig: TaskRig;
    useTaskRig(
      variant,
      (opened) => {
        rig = opened;
      },
      { unfinishedPerAccountMax: LIMIT },
    );

    test('64 submits at once with room for 10 tasks: exactly 10 are accepted', async () => {
      const caller = await rig.openAccount(BigInt(CLIENTS) * HOLD);
      const accepted: string[] = [];
      const refused: string[] = [];
      const other = rig.createOther();
      const submit = (index: number) =>
        (index % 2 === 0 ? rig.tasks : other).submit(caller, rig.request()).then(
          ({ taskId }) => accepted.push(taskId),
          (error: unknown) => refused.push(isAppError(error) ? error.code : String(error)),
        );
      await Promise.all(Array.from({ length: CLIENTS }, (_, index) => submit(index)));
      assert.equal(accepted.length, LIMIT);
      assert.deepEqual([...new Set(refused)], ['too_many_tasks']);
      const { heldNanos } = await rig.billing.balanceOf(caller.accountId);
      assert.equal(heldNanos, BigInt(LIMIT) * HOLD, 'what was refused holds nothing');
      await rig.tasks.cancel(caller, accepted[0] ?? '');
      await rig.tasks.submit(caller, rig.request());
      await assert.rejects(rig.tasks.submit(caller, rig.request()), { code: 'too_many_tasks' });
      assert.deepEqual(await rig.tasks.audit(), []);
      await other.stop();
    });
  });
}
