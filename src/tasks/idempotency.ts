/**
 * A request that is sent again gets the answer of the first time: its key is written in the
 * transaction that does the work, so there is no work without the key and no key without the work.
 */

import { sql } from 'kysely';
import type { Queryable, Tx } from '../db/database.ts';
import { AppError } from '../kernel/errors.ts';
import type { TaskMeans } from './options.ts';

/** What makes a request the same one: the client's key, and what was asked under it. */
export type Idempotency = {
  /** 1 to 255 characters, unique within the account. */
  key: string;
  /** SHA-256 of what was asked, which does not depend on the order of its fields. */
  requestSha256: string;
};

/** How long an answer is given again, in milliseconds. */
export const ANSWER_KEPT_MS = 24 * 60 * 60_000;

const PARAM = 'Idempotency-Key';
const SWEPT_MAX = 1_000;

/**
 * Notes the answer under its key, or returns the one that is there already. Of two transactions
 * with one key the later waits here until the earlier has ended: make it the first statement.
 * Throws `idempotency_mismatch` when the key was used for another request.
 */
export async function claimAnswer<Answer>(
  means: Pick<TaskMeans, 'clock'>,
  tx: Tx,
  { accountId, idempotency, answer }: Keeping<Answer>,
): Promise<{ answer: Answer; isReplay: boolean }> {
  const nowMs = means.clock.now();
  const values = {
    request_sha256: idempotency.requestSha256,
    answer: JSON.stringify(answer),
    created_at: new Date(nowMs),
    expires_at: new Date(nowMs + ANSWER_KEPT_MS),
  };
  const written = await tx
    .insertInto('idempotency_key')
    .values({ account_id: accountId, key: idempotency.key, ...values })
    // One that has expired and was not yet removed is as good as none.
    .onConflict((conflict) =>
      conflict
        .columns(['account_id', 'key'])
        .doUpdateSet(values)
        .where('idempotency_key.expires_at', '<=', new Date(nowMs)),
    )
    .returning('key')
    .executeTakeFirst();
  if (written) return { answer, isReplay: false };
  // At the same moment, or one that expires in between would be neither taken nor there.
  const atThatTime = { clock: { now: () => nowMs } };
  const earlier = await findAnswer<Answer>(atThatTime, tx, accountId, idempotency);
  if (earlier === null) throw new Error('broken promise: a key that is taken has its answer');
  return { answer: earlier, isReplay: true };
}

type Keeping<Answer> = { accountId: string; idempotency: Idempotency; answer: Answer };

/**
 * The answer of the first time, or null. The caller knows its shape, since what was asked is part
 * of the hash. Throws `idempotency_mismatch`.
 */
export async function findAnswer<Answer>(
  { clock }: Pick<TaskMeans, 'clock'>,
  db: Queryable,
  accountId: string,
  { key, requestSha256 }: Idempotency,
): Promise<Answer | null> {
  const row = await db
    .selectFrom('idempotency_key')
    .select(['request_sha256', 'answer'])
    .where('account_id', '=', accountId)
    .where('key', '=', key)
    .where('expires_at', '>', new Date(clock.now()))
    .executeTakeFirst();
  if (!row) return null;
  if (row.request_sha256 !== requestSha256) {
    throw new AppError('idempotency_mismatch', { key }, { param: PARAM });
  }
  return row.answer as Answer;
}

/** Safe to run in several processes at once. */
export async function sweepAnswers({ db, clock }: Pick<TaskMeans, 'db' | 'clock'>): Promise<void> {
  const now = new Date(clock.now());
  await sql`
    DELETE FROM idempotency_key WHERE (account_id, key) IN (
      SELECT account_id, key FROM idempotency_key WHERE expires_at <= ${now}::timestamptz
      ORDER BY expires_at LIMIT ${SWEPT_MAX} FOR UPDATE SKIP LOCKED)`.execute(db.kysely);
}
