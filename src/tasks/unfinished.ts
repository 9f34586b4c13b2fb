/** Unfinished tasks are found by the indexes that hold them alone, however many have ended. */

import { type SqlBool, sql } from 'kysely';

/**
 * The condition of a row of `task`, in the words of the partial indexes. A check of the table keeps
 * it the same as an open state; unlike that of a list of states, the planner knows its share
 * exactly, and does not walk the table for tasks that are not there.
 */
export const IS_UNFINISHED = sql<SqlBool>`completed_at IS NULL`;
