import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { sql } from 'kysely';
import { TEST_DATABASES, type TestDatabase } from '../../test/fixtures/database.ts';
import { createNodeRig, type NodeRig, type TestNode } from '../../test/fixtures/node-rig.ts';
import type { TaskRig } from '../../test/fixtures/task-rig.ts';
import { useTaskRig } from '../../test/fixtures/use-task-rig.ts';
import { waitUntil } from '../../test/fixtures/wait-until.ts';
import type { Caller } from '../accounts/accounts.ts';
import type { Database } from '../db/database.ts';
import { DEFAULT_TASK_LIMITS } from './options.ts';

const MANY = 1_000;
/** Each of these costs a statement in turn, which takes the embedded database some time. */
const LOST = 200;
const FEW = 5;
const HOLD = 1_028_800_000n;
/** Enough for every task of the greedy account. */
const FUNDS = 2n * BigInt(MANY) * HOLD;
const SLOTS = 3;
const WORKERS = DEFAULT_TASK_LIMITS.concurrency;

for (const variant of TEST_DATABASES) testFairness(variant);

function testFairness(variant: TestDatabase): void {
  describe(`fairness on ${variant.name}`, { skip: variant.skip }, () => {
    let rig: TaskRig;
    let nodes: NodeRig;
    let greedy: Caller;
    let modest: Caller;
    useTaskRig(variant, async (opened) => {
      rig = opened;
      nodes = createNodeRig(rig);
    });
    beforeEach(async () => {
      greedy = await rig.openAccount(FUNDS);
      modest = await rig.openAccount(FUNDS);
      rig.inputs.fetches.length = 0;
    });
    afterEach(() => nodes.closeAll());

    const submitMany = async (node: TestNode, by: Caller, count: number) => {
      const request = () => rig.request({ videoUrl: `https://${by.accountId}/clip.mp4` });
      const submits = Array.from({ length: count }, () => node.tasks.submit(by, request()));
      return (await Promise.all(submits)).map(({ taskId }) => taskId);
    };
    /** How many clips were fetched before the last of the few. */
    const waitForFew = async () => {
      const isFew = (url: string) => url.includes(modest.accountId);
      const clips = () => rig.inputs.fetches.filter((url) => url.endsWith('.mp4'));
      await waitUntil('the few are inspected', () => clips().filter(isFew).length === FEW);
      return clips().findLastIndex(isFew);
    };
    const inspect = async (node: TestNode, ids: readonly string[]) => {
      for (const taskId of ids) await node.tasks.advance(taskId);
    };

    test('of 1000 waiting tasks of one account and few of another, the few start in turn', async () => {
      const node = await nodes.openNode({ concurrency: SLOTS });
      const [pattern = ''] = await submitMany(node, greedy, 1);
      await inspect(node, [pattern]);
      await multiplyTask(rig.db, pattern, MANY - 1);
      const few = await submitMany(node, modest, FEW);
      await inspect(node, few);
      node.engine.finish();
      await node.tasks.startWorkers();
      const countFew = () => node.engine.starts.filter((id) => few.includes(id)).length;
      await waitUntil('the few have started', () => countFew() === FEW);
      const last = node.engine.starts.findLastIndex((id) => few.includes(id));
      assert.ok(last <= 2 * FEW + SLOTS, `the last of the few was the ${last + 1}th to start`);
      assert.deepEqual(await rig.tasks.audit(), []);
    });

    test('of many submitted tasks whose jobs were lost, the few of another are inspected in turn', async () => {
      const node = await nodes.openNode();
      const [pattern = ''] = await submitMany(node, greedy, 1);
      await multiplyTask(rig.db, pattern, LOST);
      await submitMany(node, modest, FEW);
      await rig.db.executeSql('DELETE FROM pgboss.job');
      rig.clock.advance(DEFAULT_TASK_LIMITS.leaseMs + 1);
      await rig.db.executeSql('UPDATE node SET heartbeat_at = $1', [new Date(rig.clock.now())]);
      await node.tasks.sweep();
      await node.tasks.startWorkers();
      assert.ok((await waitForFew()) <= 2 * FEW + WORKERS);
      assert.deepEqual(await rig.tasks.audit(), []);
    });

    test('who submits a few tasks is inspected before what an account with 1000 has submitted', async () => {
      const node = await nodes.openNode();
      const [pattern = ''] = await submitMany(node, greedy, 1);
      await multiplyTask(rig.db, pattern, MANY - 1);
      await submitMany(node, greedy, 4 * FEW);
      await submitMany(node, modest, FEW);
      await node.tasks.startWorkers();
      assert.ok((await waitForFew()) <= FEW + WORKERS);
    });
  });
}

/** So many more tasks of the same account in the same state, each with its hold. */
async function multiplyTask(db: Database, taskId: string, count: number): Promise<void> {
  await db.transaction(async (tx) => {
    await sql`INSERT INTO task
      SELECT (jsonb_populate_record(t, jsonb_build_object(
        'id', t.id || n::text, 'hold_id', t.hold_id || n::text))).*
      FROM task t, generate_series(1, ${count}::int) n WHERE t.id = ${taskId}`.execute(tx);
    await sql`INSERT INTO ledger_transfer
      SELECT 'xfer_' || t.id, 'hold', t.account_id, t.hold_id, t.id, t.held_nanos, t.created_at
      FROM task t WHERE t.id LIKE ${`${taskId}_%`}`.execute(tx);
    await sql`INSERT INTO ledger_entry
      SELECT x.id, line.book, x.account_id, line.sign * x.amount_nanos
      FROM ledger_transfer x,
        (VALUES ('customer_available', -1), ('customer_held', 1)) line (book, sign)
      WHERE x.reference LIKE ${`${taskId}_%`}`.execute(tx);
    await sql`UPDATE account SET
        available_nanos = available_nanos - ${count}::int * t.held_nanos,
        held_nanos = account.held_nanos + ${count}::int * t.held_nanos
      FROM task t WHERE t.id = ${taskId} AND account.id = t.account_id`.execute(tx);
  });
}
