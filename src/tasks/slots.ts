/**
 * Who may start next: never more tasks at work than the limits allow, and accounts take turns.
 *
 * The rows with `holds_slot` are the slots: a slot is taken with the lease of the start and goes
 * back with the move that ends the engine's work, so none can be forgotten. Whoever takes one holds
 * one lock of the whole database meanwhile, so the count cannot change under it but downwards.
 */

import { sql } from 'kysely';
import type { Tx } from '../db/database.ts';
import { LOCKS } from '../db/locks.ts';
import type { Engine } from '../engines/engine.ts';
import type { TaskMeans } from './options.ts';
import { leaseTask } from './rows.ts';
import type { Task } from './task.ts';

/** Takes the task whose turn it is, or null when none waits or no slot is free. */
export async function claimNextStart(means: TaskMeans, engine: Engine): Promise<Task | null> {
  if (!(await maySucceed(means, engine))) return null;
  return await claim(means, engine, (tx) => pickNext(means, tx, engine));
}

/** Takes one task out of turn, or null when it does not wait or no slot is free. */
export async function claimStart(means: TaskMeans, taskId: string): Promise<Task | null> {
  const engine = await findWaiting(means, taskId);
  return engine && (await claim(means, engine, async () => taskId));
}

/**
 * Takes the task whose turn it is when this one waits: a job for it, or a sweep that wakes it, says
 * that something may start and not who.
 */
export async function claimTurn(means: TaskMeans, taskId: string): Promise<Task | null> {
  const engine = await findWaiting(means, taskId);
  return engine && (await claimNextStart(means, engine));
}

async function findWaiting(means: TaskMeans, taskId: string): Promise<Engine | null> {
  const waiting = await means.db.kysely
    .selectFrom('task')
    .select('engine')
    .where('id', '=', taskId)
    .where('state', '=', 'inspected')
    .executeTakeFirst();
  return waiting ? means.engines.get(waiting.engine) : null;
}

type Pick = (tx: Tx) => Promise<string | null>;

async function claim(means: TaskMeans, engine: Engine, pick: Pick): Promise<Task | null> {
  const now = new Date(means.clock.now());
  const task = await means.db.transaction(async (tx) => {
    await sql`SELECT pg_advisory_xact_lock(${LOCKS.start})`.execute(tx);
    const { used } = await countSlots(means, tx, engine);
    if (used >= (engine.concurrency ?? Number.POSITIVE_INFINITY)) return null;
    const taskId = await pick(tx);
    if (taskId === null) return null;
    const claimed = await leaseTask(means, tx, {
      taskId,
      condition: sql`state = 'inspected' AND NOT holds_slot
        AND (lease_until IS NULL OR lease_until <= ${now}::timestamptz)`,
      set: { holds_slot: true, node_id: engine.isBoundToProcess ? means.nodeId : null },
    });
    if (claimed) await noteTurn(tx, claimed.accountId);
    return claimed;
  });
  if (task) means.changes.announce(task.id);
  return task;
}

/** Numbers and not times, so that no two turns are at once; the lock keeps them apart. */
async function noteTurn(tx: Tx, accountId: string): Promise<void> {
  await sql`INSERT INTO account_turn (account_id, turn)
    SELECT ${accountId}, coalesce(max(turn), 0) + 1 FROM account_turn
    ON CONFLICT (account_id) DO UPDATE SET turn = excluded.turn`.execute(tx);
}

/** A look without the lock, so that idle workers do not queue up for it. */
async function maySucceed(means: TaskMeans, engine: Engine): Promise<boolean> {
  const { used, isWaiting } = await countSlots(means, means.db.kysely, engine);
  return isWaiting && used < (engine.concurrency ?? Number.POSITIVE_INFINITY);
}

type Slots = { used: number; isWaiting: boolean };

async function countSlots(
  means: TaskMeans,
  db: TaskMeans['db']['kysely'],
  engine: Engine,
): Promise<Slots> {
  const { rows } = await sql<{ used: bigint | number | string; is_waiting: boolean }>`
    SELECT
      (SELECT count(*) FROM task WHERE holds_slot AND engine = ${engine.name}
        AND node_id IS NOT DISTINCT FROM
          ${engine.isBoundToProcess ? means.nodeId : null}::text) AS used,
      EXISTS (SELECT 1 FROM task WHERE state = 'inspected' AND NOT holds_slot
        AND engine = ${engine.name}) AS is_waiting`.execute(db);
  return { used: Number(rows[0]?.used ?? 0), isWaiting: rows[0]?.is_waiting ?? false };
}

/**
 * Of the accounts with waiting tasks the one with the fewest at work, then the one whose last turn
 * is longest ago; of its tasks the oldest. The accounts are found by jumps through the index, so
 * the cost grows with the accounts that wait and not with their tasks.
 */
async function pickNext(means: TaskMeans, tx: Tx, engine: Engine): Promise<string | null> {
  const now = new Date(means.clock.now());
  const { rows } = await sql<{ id: string }>`
    WITH RECURSIVE waiting (account_id) AS (
      (SELECT t.account_id FROM task t
        WHERE t.state = 'inspected' AND NOT t.holds_slot AND t.engine = ${engine.name}
        ORDER BY t.account_id LIMIT 1)
      UNION ALL
      SELECT (SELECT t.account_id FROM task t
        WHERE t.state = 'inspected' AND NOT t.holds_slot AND t.engine = ${engine.name}
          AND t.account_id > w.account_id
        ORDER BY t.account_id LIMIT 1)
      FROM waiting w WHERE w.account_id IS NOT NULL
    )
    SELECT next.id FROM waiting w
    CROSS JOIN LATERAL (
      SELECT t.id, t.created_at FROM task t
      WHERE t.state = 'inspected' AND NOT t.holds_slot AND t.engine = ${engine.name}
        AND t.account_id = w.account_id AND t.due_at <= ${now}::timestamptz
        AND (t.lease_until IS NULL OR t.lease_until <= ${now}::timestamptz)
      ORDER BY t.created_at LIMIT 1) next
    CROSS JOIN LATERAL (
      SELECT count(*) AS at_work FROM task t
      WHERE t.holds_slot AND t.account_id = w.account_id) busy
    LEFT JOIN account_turn last ON last.account_id = w.account_id
    WHERE busy.at_work < ${means.limits.runningPerAccountMax}
    ORDER BY busy.at_work, last.turn NULLS FIRST, next.created_at
    LIMIT 1`.execute(tx);
  return rows[0]?.id ?? null;
}
