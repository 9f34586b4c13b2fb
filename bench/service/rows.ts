/**
 * Tasks that ended long ago, with their ledger, written in bulk: what a service has after a year.
 * The checks of the ledger are left out while they are written, or a million would take an hour.
 */

import { sql } from 'kysely';
import type { Database } from '../../src/db/database.ts';

export type Owner = { id: string; keyId: string; key: string };

const ROWS_AT_ONCE = 50_000;
/** So many tasks have a ledger; beyond them it says nothing new and takes most of the time. */
const LEDGER_TASKS_MAX = 100_000;
const BLOB = { sizeBytes: 2_000_000, sha256: 'b'.repeat(64) };
const IMAGE = {
  ...BLOB,
  storageKey: 'tasks/x/picture.png',
  contentType: 'image/png',
  facts: { width: 720, height: 1280, format: 'png' },
};
const VIDEO = {
  ...BLOB,
  storageKey: 'tasks/x/reference.mp4',
  contentType: 'video/mp4',
  facts: { durationMs: 8008, width: 720, height: 1280, fps: 29.97, videoCodec: 'avc' },
};
const RESULT = {
  ...BLOB,
  storageKey: 'tasks/x/result.mp4',
  contentType: 'video/mp4',
  width: 720,
  height: 1280,
  fps: 30,
  durationMs: 8008,
};

/** Fills the table up to so many tasks; answers the seconds it took. */
export async function fillTasks(db: Database, owners: readonly Owner[], wanted: number) {
  const startedAtMs = performance.now();
  const { rows } = await db.executeSql('SELECT count(*) AS count FROM task');
  let present = Number(rows[0]?.['count']);
  const base = present;
  const ids = sql.val(owners.map(({ id }) => id));
  const keys = sql.val(owners.map(({ keyId }) => keyId));
  while (present < wanted) {
    const count = Math.min(ROWS_AT_ONCE, wanted - present);
    const from = present + 1;
    await db.longTransaction(async (tx) => {
      await sql`SET LOCAL session_replication_role = replica`.execute(tx);
      await sql`
        CREATE TEMPORARY TABLE made ON COMMIT DROP AS
        SELECT substr(md5(${`${base}/`} || i::text), 1, 22) AS name,
          1 + (i % ${owners.length}::int) AS owner,
          now() - make_interval(secs => (${wanted}::int - i) * 30) AS at
        FROM generate_series(${from}::int, ${from + count - 1}::int) AS i`.execute(tx);
      await insertTasks(tx, { ids, keys });
      if (present < LEDGER_TASKS_MAX) await insertLedger(tx, ids);
    });
    present += count;
  }
  await db.executeSql('VACUUM (ANALYZE) task');
  await db.executeSql('VACUUM (ANALYZE) ledger_transfer');
  await db.executeSql('VACUUM (ANALYZE) ledger_entry');
  return (performance.now() - startedAtMs) / 1_000;
}

type Tx = Parameters<Parameters<Database['transaction']>[0]>[0];
type Values = ReturnType<typeof sql.val>;

/** What is old is stripped, as in a service that has run so long; else its sweeps would do it. */
async function insertTasks(tx: Tx, { ids, keys }: { ids: Values; keys: Values }): Promise<void> {
  await sql`
    INSERT INTO task (id, account_id, key_id, request_id, state, stage, progress, version, model,
      engine, mode, orientation, image_url, video_url, keep_original_sound, watermark,
      rate_nanos_per_ms, billing_rule, billable_ms_min, billable_ms_max, hold_id, held_nanos,
      charged_nanos, image, video, reference_ms, billable_ms, result, due_at, created_at,
      started_at, completed_at, deadline_at, expires_at, stripped_at)
    SELECT 'task_' || name, (${ids}::text[])[owner], (${keys}::text[])[owner], 'req_' || name,
      'completed', 'completed', 100, 12, 'kling-v3-motion-control', 'instant', 'std', 'image',
      'https://example.com/ref-image.png', 'https://example.com/ref-video-8s.mp4', true, false,
      102880, 'nearest', 3000, 10000, 'hold_' || name, 1028800000, 823040000,
      ${JSON.stringify(IMAGE)}::jsonb, ${JSON.stringify(VIDEO)}::jsonb, 8008, 8000,
      ${JSON.stringify(RESULT)}::jsonb, at, at, at, at + interval '2 minutes',
      at + interval '1 hour', now() + interval '30 days',
      CASE WHEN at < now() - interval '89 days' THEN at + interval '90 days' END
    FROM made`.execute(tx);
}

/** A hold and its settlement for each, with their five lines. */
async function insertLedger(tx: Tx, ids: Values): Promise<void> {
  await sql`
    INSERT INTO ledger_transfer (id, kind, account_id, hold_id, reference, amount_nanos, created_at)
    SELECT 'xfer_' || k.kind || name, k.kind, (${ids}::text[])[owner], 'hold_' || name,
      'task_' || name, k.amount, at
    FROM made CROSS JOIN (VALUES ('hold', 1028800000), ('settle', 823040000)) k (kind, amount)`.execute(
    tx,
  );
  await sql`
    INSERT INTO ledger_entry (transfer_id, book, account_id, amount_nanos)
    SELECT 'xfer_' || e.kind || name, e.book,
      CASE WHEN e.book = 'revenue' THEN NULL ELSE (${ids}::text[])[owner] END, e.amount
    FROM made CROSS JOIN (VALUES ('hold', 'customer_available', -1028800000),
      ('hold', 'customer_held', 1028800000), ('settle', 'customer_held', -1028800000),
      ('settle', 'revenue', 823040000), ('settle', 'customer_available', 205760000)
    ) e (kind, book, amount)`.execute(tx);
}

/**
 * Without workers submitted tasks would pile up as nowhere else: they are ended in bulk, and their
 * jobs removed. Answers how many there were.
 */
export async function endSubmitted(db: Database): Promise<number> {
  return await db.longTransaction(async (tx) => {
    await sql`SET LOCAL session_replication_role = replica`.execute(tx);
    await sql`
      CREATE TEMPORARY TABLE open_hold ON COMMIT DROP AS
      SELECT hold_id, account_id, id AS task_id, held_nanos FROM task
      WHERE completed_at IS NULL`.execute(tx);
    await sql`
      INSERT INTO ledger_transfer (id, kind, account_id, hold_id, reference, amount_nanos, created_at)
      SELECT 'xfer_release' || hold_id, 'release', account_id, hold_id, task_id, held_nanos, now()
      FROM open_hold`.execute(tx);
    await sql`
      INSERT INTO ledger_entry (transfer_id, book, account_id, amount_nanos)
      SELECT 'xfer_release' || hold_id, e.book, account_id, e.sign * held_nanos
      FROM open_hold CROSS JOIN (VALUES ('customer_held', -1), ('customer_available', 1)) e (book, sign)
    `.execute(tx);
    await sql`
      UPDATE account a SET available_nanos = available_nanos + s.total, held_nanos = held_nanos - s.total
      FROM (SELECT account_id, sum(held_nanos)::bigint AS total FROM open_hold GROUP BY 1) s
      WHERE a.id = s.account_id`.execute(tx);
    const { numAffectedRows } = await sql`
      UPDATE task SET state = 'cancelled', stage = 'cancelled', charged_nanos = 0,
        completed_at = now(), expires_at = now() + interval '30 days'
      WHERE completed_at IS NULL`.execute(tx);
    await sql`DELETE FROM pgboss.job WHERE name = 'task-advance'`.execute(tx);
    return Number(numAffectedRows ?? 0);
  });
}

/** Some tasks from all over the table, with the keys that may read them. */
export async function listSample(db: Database, owners: readonly Owner[], count: number) {
  const { rows } = await sql<{ id: string; account_id: string }>`
    SELECT id, account_id FROM task ORDER BY md5(id) LIMIT ${count}`.execute(db.kysely);
  const keys = new Map(owners.map(({ id, key }) => [id, key]));
  return rows.map(({ id, account_id }) => ({ id, key: keys.get(account_id) ?? '' }));
}
