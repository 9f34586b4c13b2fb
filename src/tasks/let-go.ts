/**
 * After a move to another database nobody there holds a task: whoever held one was left behind with
 * the old database. The first sweep then takes all of them up.
 */

import type { Database } from '../db/database.ts';
import { FINAL_STATES } from './task.ts';

/** Jobs, leases and nodes are of the processes; the tasks alone say what is left to do. */
export async function letGoOfAll(db: Database): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.deleteFrom('node').execute();
    await tx
      .updateTable('task')
      .set({ lease_id: null, lease_until: null, lease_node_id: null, due_at: new Date(0) })
      .where('state', 'not in', FINAL_STATES)
      .execute();
  });
}
