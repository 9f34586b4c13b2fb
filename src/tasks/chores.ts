/**
 * Work that is done once in a while by one process for all of them: whoever moves its time on does
 * it. How far it has come is a time of its own, so that what a process leaves undone, by an error
 * or by its death, is part of the next turn.
 */

import type { Queryable } from '../db/database.ts';
import type { TaskMeans } from './options.ts';

type Means = Pick<TaskMeans, 'db' | 'clock'>;

/** Processes ask each other so often whose turn it is. */
const ASK_INTERVAL_MS = 60_000;

export type Chore = {
  name: string;
  /** From one turn to the next, in milliseconds; 0 for never. */
  intervalMs: number;
  /** Before the very first turn, in milliseconds. */
  firstDelayMs: number;
};

/** Answers whether it is this process's turn now; asked often, it asks the database seldom. */
export function createTurn(means: Means, chore: Chore): () => Promise<boolean> {
  let askedAtMs = Number.NEGATIVE_INFINITY;
  return async () => {
    const nowMs = means.clock.now();
    const pauseMs = Math.min(ASK_INTERVAL_MS, chore.intervalMs);
    if (pauseMs === 0 || nowMs - askedAtMs < pauseMs) return false;
    askedAtMs = nowMs;
    return await claimTurn(means, chore, nowMs);
  };
}

/** True for the one process that moves the time on. */
async function claimTurn({ db }: Means, chore: Chore, nowMs: number): Promise<boolean> {
  const { name, intervalMs, firstDelayMs } = chore;
  await db.kysely
    .insertInto('chore')
    .values({ name, due_at: new Date(nowMs + firstDelayMs) })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  const { numUpdatedRows } = await db.kysely
    .updateTable('chore')
    .set({ due_at: new Date(nowMs + intervalMs) })
    .where('name', '=', name)
    .where('due_at', '<=', new Date(nowMs))
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

/** Up to when the work was done, or null when it never was. */
export async function readMark(db: Queryable, name: string): Promise<number | null> {
  const row = await db
    .selectFrom('chore')
    .select('due_at')
    .where('name', '=', markOf(name))
    .executeTakeFirst();
  return row?.due_at.getTime() ?? null;
}

export async function moveMark(db: Queryable, name: string, toMs: number): Promise<void> {
  const due_at = new Date(toMs);
  await db
    .insertInto('chore')
    .values({ name: markOf(name), due_at })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ due_at }))
    .execute();
}

/** A row of its own: from there on the work is due. */
function markOf(name: string): string {
  return `${name} from`;
}
