import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { TEST_DATABASES, type TestDatabase } from '../../test/fixtures/database.ts';
import { COMPLETED, type TaskRig } from '../../test/fixtures/task-rig.ts';
import { useTaskRig } from '../../test/fixtures/use-task-rig.ts';

const TEN_DOLLARS = 10_000_000_000n;
const PRICE = 823_040_000n;
const DEADLINE_MS = 3_600_000;

for (const variant of TEST_DATABASES) testMoney(variant);

function testMoney(variant: TestDatabase): void {
  describe(`money of tasks on ${variant.name}`, { skip: variant.skip }, () => {
    let rig: TaskRig;
    useTaskRig(variant, (opened) => {
      rig = opened;
    });
    beforeEach(() => {
      rig.engine.outcome = COMPLETED;
      rig.engine.jobs.length = 0;
    });

    const submit = async () => {
      const caller = await rig.openAccount(TEN_DOLLARS);
      const { taskId } = await rig.tasks.submit(caller, rig.request());
      return { caller, taskId };
    };
    const listResolutions = async (taskId: string) => {
      const { rows } = await rig.db.executeSql(
        "SELECT kind FROM ledger_transfer WHERE reference = $1 AND kind IN ('settle', 'release')",
        [taskId],
      );
      return rows.map(({ kind }) => kind);
    };
    const balanceOf = ({ accountId }: { accountId: string }) => rig.billing.balanceOf(accountId);

    test('a task does not become failed while its hold cannot be given back', async () => {
      const { caller, taskId } = await submit();
      const values = { reason: 'Nobody is there.' };
      rig.engine.outcome = { status: 'failed', code: 'no_person', values, retryable: false };
      const { release } = rig.billing.ledger;
      rig.billing.ledger.release = async () => {
        throw new Error('the ledger does not answer');
      };
      for (let step = 0; step < 3; step++) {
        await rig.tasks.advance(taskId).catch(() => {});
        rig.clock.advance(31_000);
      }
      const stuck = await rig.tasks.view(caller, taskId);
      assert.equal(stuck.task.usage.is_final, false);
      assert.notEqual((await balanceOf(caller)).heldNanos, 0n);
      rig.billing.ledger.release = release;
      const view = (await rig.runToEnd(caller, taskId)).at(-1);
      assert.equal(view?.status, 'failed');
      assert.deepEqual(await balanceOf(caller), { availableNanos: TEN_DOLLARS, heldNanos: 0n });
      assert.deepEqual(await rig.tasks.audit(), []);
    });

    test('workers and sweeps of several processes at once charge a task once', async () => {
      const others = [rig.tasks, rig.createOther(), rig.createOther(), rig.createOther()];
      const { caller, taskId } = await submit();
      for (let step = 0; step < 12; step++) {
        await Promise.all(others.flatMap((one) => [one.advance(taskId), one.sweep()]));
        rig.clock.advance(1_000);
      }
      assert.equal((await rig.tasks.view(caller, taskId)).task.status, 'completed');
      assert.deepEqual(await listResolutions(taskId), ['settle']);
      assert.equal((await balanceOf(caller)).availableNanos, TEN_DOLLARS - PRICE);
    });

    test('sweeps of several processes at once give the hold of a late task back once', async () => {
      const others = [rig.tasks, rig.createOther(), rig.createOther(), rig.createOther()];
      const { caller, taskId } = await submit();
      rig.clock.advance(DEADLINE_MS);
      await Promise.all(others.flatMap((one) => [one.sweep(), one.sweep(), one.advance(taskId)]));
      assert.equal((await rig.tasks.view(caller, taskId)).task.status, 'failed');
      assert.deepEqual(await listResolutions(taskId), ['release']);
      assert.equal((await balanceOf(caller)).availableNanos, TEN_DOLLARS);
    });

    test('rate, rounding and cap of a settlement are those of the submit', async () => {
      const { caller, taskId } = await submit();
      rig.inputs.durationMs = 8_500;
      const { prices } = rig.billing;
      const before = { ...prices };
      Object.assign(prices, {
        rateNanosPerMs: { std: 1n, pro: 1n },
        rule: 'exact',
        billableMsMin: 20_000,
        billableMsMax: { image: 20_000, video: 20_000 },
      });
      const view = (await rig.runToEnd(caller, taskId)).at(-1);
      Object.assign(prices, before);
      rig.inputs.durationMs = 8_008;
      assert.equal(view?.usage.billable_seconds, 9);
      assert.equal(view?.usage.charged_usd, '0.92592');
    });

    test('a task is completed once our own copy is stored, and needs no engine from then on', async () => {
      const { caller, taskId } = await submit();
      for (let step = 0; step < 12; step++) {
        const { task } = await rig.tasks.view(caller, taskId);
        const isStored = rig.storage.blobs.has(`tasks/${taskId}/result.mp4`);
        if (task.status === 'completed') assert.ok(isStored);
        if (isStored) {
          rig.engine.outcome = () => {
            throw new Error('the engine has forgotten everything');
          };
        }
        await rig.tasks.advance(taskId);
        rig.clock.advance(1_000);
      }
      assert.equal((await rig.tasks.view(caller, taskId)).task.status, 'completed');
      const content = await rig.tasks.content(caller, taskId);
      assert.ok(rig.storage.blobs.has(content.storageKey));
    });

    test('a result that cannot be stored is stored later, without another render or charge', async () => {
      const { caller, taskId } = await submit();
      const { putFile } = rig.storage;
      let failures = 0;
      rig.storage.putFile = async (...parameters) => {
        failures++;
        if (failures <= 10) throw new Error('the store is down');
        return await putFile(...parameters);
      };
      for (let step = 0; step < 40; step++) {
        await rig.tasks.advance(taskId);
        rig.clock.advance(30_000);
      }
      rig.storage.putFile = putFile;
      assert.equal(failures, 11);
      assert.equal((await rig.tasks.view(caller, taskId)).task.status, 'completed');
      assert.equal(rig.engine.jobs.length, 1, 'it was rendered once');
      assert.deepEqual(await listResolutions(taskId), ['settle']);
      assert.equal((await balanceOf(caller)).availableNanos, TEN_DOLLARS - PRICE);
    });

    test('a store that is full while inputs are looked at loses no task', async () => {
      const { caller, taskId } = await submit();
      const { fetchImage } = rig.inputs;
      let failures = 0;
      rig.inputs.fetchImage = async (...parameters) => {
        failures++;
        if (failures <= 10) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
        return await fetchImage(...parameters);
      };
      for (let step = 0; step < 40; step++) {
        await rig.tasks.advance(taskId);
        rig.clock.advance(30_000);
      }
      rig.inputs.fetchImage = fetchImage;
      assert.equal(failures, 11);
      assert.equal((await rig.tasks.view(caller, taskId)).task.status, 'completed');
      assert.deepEqual(await listResolutions(taskId), ['settle']);
    });

    test('progress is a whole percent, whatever an engine says', async () => {
      const { caller, taskId } = await submit();
      const said = [0.123456, Number.NaN, -3, Number.POSITIVE_INFINITY, 0.5000001, 77];
      rig.engine.outcome = () => {
        const progress = said.shift();
        return progress === undefined ? COMPLETED : { status: 'pending', progress, stage: null };
      };
      for (const { progress } of await rig.runToEnd(caller, taskId)) {
        assert.ok(Number.isInteger(progress) && progress >= 0 && progress <= 100, `${progress}`);
      }
      assert.equal(said.length, 0);
    });
  });
}
