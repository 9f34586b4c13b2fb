import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { openMemoryDatabase } from '../../test/fixtures/database.ts';
import { createTaskRig, type TaskRig } from '../../test/fixtures/task-rig.ts';
import type { Database } from '../db/database.ts';
import { FINAL_STATES } from './task.ts';

const ENDED = 9_000;
const FUNDS = 10_000_000_000n;

let db: Database;
let rig: TaskRig;
before(async () => {
  db = await openMemoryDatabase();
  // Audit and sweep of the storage read ended tasks on purpose, and seldom.
  rig = await createTaskRig(db, { auditIntervalMs: 0, storageSweepIntervalMs: 0 });
  const caller = await rig.openAccount(FUNDS);
  const { taskId } = await rig.tasks.submit(caller, rig.request());
  await rig.runToEnd(caller, taskId);
  await copyEnded(taskId);
  await db.executeSql('VACUUM (ANALYZE) task');
  await rig.tasks.submit(caller, rig.request());
  rig.clock.advance(10 * 60_000);
});
after(async () => {
  await rig.queue.stop();
  await db.close();
});

/**
 * A third of them each way: shares whose sum is a little more than all, so that a planner which
 * takes them from all is left with less than nothing, and guesses. Ids, accounts and times lie in
 * no order, as in a table that has grown.
 */
async function copyEnded(taskId: string): Promise<void> {
  await db.longTransaction(async (tx) => {
    await sql`SET LOCAL session_replication_role = replica`.execute(tx);
    await sql`
      CREATE TEMPORARY TABLE copied ON COMMIT DROP AS
      SELECT t.*, i FROM task t, generate_series(1, ${sql.lit(ENDED - 1)}) i WHERE t.id = ${taskId}
    `.execute(tx);
    await sql`
      UPDATE copied SET id = 'task_' || md5(i::text), hold_id = hold_id || i,
        account_id = account_id || abs(hashint4(i)) % 50,
        due_at = due_at - make_interval(secs => abs(hashint4(i)) % 1000000),
        state = (${FINAL_STATES}::text[])[1 + i % 3],
        charged_nanos = CASE WHEN i % 3 = 0 THEN charged_nanos ELSE 0 END,
        error = CASE WHEN i % 3 = 1 THEN '{}'::jsonb END`.execute(tx);
    await sql`ALTER TABLE copied DROP COLUMN i`.execute(tx);
    await sql`INSERT INTO task SELECT * FROM copied`.execute(tx);
  });
}

/** Rows of the table that the work reads, by any index or by none. */
async function countRead(work: () => Promise<unknown>): Promise<number> {
  const before = await readCount();
  await work();
  return (await readCount()) - before;
}

async function readCount(): Promise<number> {
  await db.executeSql('SELECT pg_stat_force_next_flush()');
  await db.executeSql('SELECT pg_stat_clear_snapshot()');
  const { rows } = await db.executeSql(
    `SELECT seq_tup_read + idx_tup_fetch AS count FROM pg_stat_user_tables WHERE relname = 'task'`,
  );
  return Number(rows[0]?.['count']);
}

test('a sweep reads no tasks that have ended', async () => {
  const all = await countRead(() => db.executeSql('SELECT max(state) FROM task'));
  assert.ok(all >= ENDED, `what is read is counted: ${all}`);
  const read = await countRead(() => rig.tasks.sweep());
  assert.ok(read < ENDED / 10, `${read} rows were read`);
});

test('the figures of unfinished tasks read no others', async () => {
  const read = await countRead(() => rig.tasks.groupOpen());
  assert.ok(read < ENDED / 10, `${read} rows were read`);
  const groups = await rig.tasks.groupOpen();
  assert.equal(groups.length, 1);
});
