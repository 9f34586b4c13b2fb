/** Unfinished tasks are found by the indexes that hold them alone, however many have ended. */

import { type SqlBool, sql } from 'kysely';
import { OPEN_STATES } from './task.ts';

const states = sql.join(OPEN_STATES.map((state) => sql.lit(state)));

/**
 * The condition of a row of `task`. It names the open states and not the final ones: of words that
 * are rare the planner knows that they are, while by three that are missing it takes a part of all
 * tasks for unfinished and walks the table instead. Literals, so that the partial indexes fit
 * whatever the plan is made for.
 */
export const IS_UNFINISHED = sql<SqlBool>`state IN (${states})`;
