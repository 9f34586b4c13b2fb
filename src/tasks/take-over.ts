/**
 * What a process had in hand does not wait for its leases: one that goes hands it back, and one
 * that died is inherited from.
 */

import { sql } from 'kysely';
import type { Tx } from '../db/database.ts';
import type { TaskState } from '../db/tables.ts';
import type { TaskMeans } from './options.ts';
import { abandon } from './own-work.ts';
import { enqueueStep } from './rows.ts';
import { IS_UNFINISHED } from './unfinished.ts';

type Released = { id: string; engine: string; state: TaskState; node_id: string | null };

/**
 * Frees the tasks of every node that is dead. Work that only the dead one knew now belongs to this
 * process, whose engine calls it lost at the next look, or finds it finished on the same disk.
 */
export async function takeOverDead(means: TaskMeans): Promise<void> {
  if (!means.nodes) return;
  const dead = new Set([...(await means.nodes.listDead()), ...(await listNameless(means))]);
  for (const nodeId of dead) {
    const tasks = await means.db.transaction((tx) => inherit(means, tx, nodeId));
    means.log.warn({ nodeId, tasks }, 'a node is gone, and its tasks go on here');
  }
  if (dead.size > 0) means.own.kick();
}

/** Nodes that tasks speak of and that no row names, as after a move of the database. */
async function listNameless(means: TaskMeans): Promise<string[]> {
  const { rows } = await sql<{ node_id: string }>`
    SELECT DISTINCT t.node_id FROM task t
    WHERE t.node_id IS NOT NULL AND t.node_id <> ${means.nodeId}
      AND NOT EXISTS (SELECT 1 FROM node n WHERE n.id = t.node_id)`.execute(means.db.kysely);
  return rows.map((row) => row.node_id);
}

async function inherit(means: TaskMeans, tx: Tx, nodeId: string): Promise<number> {
  // Of several that have noticed only one may inherit; what it deletes first no other finds.
  await tx.deleteFrom('node').where('id', '=', nodeId).execute();
  const { rows } = await sql<Released>`
    UPDATE task SET lease_id = NULL, lease_until = NULL, lease_node_id = NULL,
      due_at = ${new Date(means.clock.now())}::timestamptz,
      node_id = CASE WHEN node_id IS NULL OR state = 'inspected' THEN NULL
        ELSE ${means.nodeId}::text END,
      holds_slot = holds_slot AND state <> 'inspected'
    WHERE ${IS_UNFINISHED}
      AND (lease_node_id = ${nodeId} OR node_id = ${nodeId})
    RETURNING id, engine, state, node_id`.execute(tx);
  await enqueueFree(means, tx, rows);
  return rows.length;
}

/**
 * Gives every task of this process to whoever comes first, at once and without counting it against
 * the task: what its engine did here is given up.
 */
export async function handBack(means: TaskMeans): Promise<number> {
  const own = await means.db.kysely
    .selectFrom('task')
    .select(['id', 'engine'])
    .where('node_id', '=', means.nodeId)
    .execute();
  for (const task of own) await abandon(means, task);
  return await means.db.transaction(async (tx) => {
    const { rows } = await sql<Released>`
      UPDATE task SET lease_id = NULL, lease_until = NULL, lease_node_id = NULL,
        due_at = ${new Date(means.clock.now())}::timestamptz,
        node_id = NULL,
        engine_starts = CASE WHEN node_id IS NOT NULL AND state IN ('running', 'rendered')
          THEN greatest(engine_starts - 1, 0) ELSE engine_starts END,
        operation = CASE WHEN node_id IS NOT NULL AND state IN ('running', 'rendered')
          THEN NULL ELSE operation END,
        holds_slot = holds_slot AND node_id IS NULL AND state <> 'inspected',
        stage = CASE WHEN node_id IS NOT NULL AND state IN ('running', 'rendered')
          THEN 'waiting' ELSE stage END,
        version = version + 1,
        state = CASE WHEN node_id IS NOT NULL AND state IN ('running', 'rendered')
          THEN 'inspected' ELSE state END
      WHERE ${IS_UNFINISHED}
        AND (lease_node_id = ${means.nodeId} OR node_id = ${means.nodeId})
      RETURNING id, engine, state, node_id`.execute(tx);
    await enqueueFree(means, tx, rows);
    return rows.length;
  });
}

/** Tasks that wait for a start, and those that belong to a node, are found without a job. */
async function enqueueFree(means: TaskMeans, tx: Tx, tasks: readonly Released[]): Promise<void> {
  for (const { id, state, node_id } of tasks) {
    if (state !== 'inspected' && node_id === null) await enqueueStep(means, tx, id);
  }
}
