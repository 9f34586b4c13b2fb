/**
 * What must be true of the database, told apart from the code that wrote it: prices, balances and
 * ends are worked out again from what customers sent and from what lies behind their addresses.
 */

import type { Place } from './processes.ts';
import type { Attempt, Records } from './records.ts';
import { isPaid } from './simulated-engines.ts';
import { lengthsAt } from './simulated-media.ts';

export type Row = Record<string, unknown>;

type Facts = { tasks: Row[]; transfers: Row[]; accounts: Row[] };

const END_STATES: readonly unknown[] = ['completed', 'failed', 'cancelled'];

/** States from which each may be come to, apart from itself. */
const COMES_FROM: Readonly<Record<string, readonly string[]>> = {
  submitted: [],
  inspected: ['submitted', 'running', 'rendered'],
  running: ['submitted', 'inspected'],
  rendered: ['submitted', 'inspected', 'running'],
  stored: ['submitted', 'inspected', 'running', 'rendered'],
};

/** Looks at every row of a task that anybody reads or gets back from a change. */
export function watchRows(records: Records, rows: readonly Row[]): void {
  for (const { id, state, version, progress } of rows) {
    if (typeof id !== 'string' || !id.startsWith('task_') || typeof state !== 'string') continue;
    if (version === undefined || progress === undefined) continue;
    const before = records.seen.get(id);
    const now = { version: Number(version), progress: Number(progress), status: state };
    records.seen.set(id, now);
    if (!before) continue;
    const detail = `${JSON.stringify(before)}, then ${JSON.stringify(now)}`;
    if (now.version < before.version) records.violate('versions only grow', id, detail);
    if (now.progress < before.progress) records.violate('progress never goes down', id, detail);
    if (!mayFollow(before.status, now.status)) {
      records.violate('states follow each other', id, detail);
    }
  }
}

/** Rows are not seen at each state, so whole ways are allowed and not only single steps. */
function mayFollow(before: string, now: string): boolean {
  if (before === now) return true;
  if (END_STATES.includes(before)) return false;
  if (END_STATES.includes(now)) return true;
  // From the first start of an engine on it may be started anew.
  const isBeyondStart = (state: string) => ['inspected', 'running', 'rendered'].includes(state);
  if (isBeyondStart(before) && isBeyondStart(now)) return true;
  return COMES_FROM[now]?.includes(before) ?? false;
}

/** Two tasks of one name are for the database to find out; all else is found before it. */
const EXPECTED_REFUSALS: readonly unknown[] = ['one_task_per_external_id'];

/** Its guards are the last ones: whatever gets as far as them is a bug before them. */
export function checkRefusal(records: Records, error: unknown, subject: string | null): void {
  const constraint = error instanceof Error && 'constraint' in error ? error.constraint : undefined;
  if (EXPECTED_REFUSALS.includes(constraint)) return;
  // What follows on a failed statement is refused because of that one.
  if (error instanceof Error && 'code' in error && error.code === '25P02') return;
  records.violate('the database has nothing to refuse', subject ?? 'a commit', String(error));
}

/** After the last task has ended. */
export function checkEnd(place: Place, records: Records, facts: Facts): void {
  checkSubmits(records, facts.tasks);
  const attempts = new Map(records.attempts.map((attempt) => [attempt.requestId, attempt]));
  for (const row of facts.tasks) {
    checkTask(place, records, row);
    const attempt = attempts.get(String(row['request_id']));
    if (attempt) checkPrice(records, row, attempt);
    else records.violate('every task was submitted', String(row['id']), 'nobody sent it');
  }
  checkTransfers(records, facts);
  checkBalances(records, facts);
  const ids = new Set(facts.tasks.map(({ id }) => id));
  for (const id of place.broker.handedOut) {
    if (!ids.has(id)) {
      records.violate('a job exists when its transaction committed', id, 'there is no such task');
    }
  }
}

function checkSubmits({ attempts, violate }: Records, tasks: readonly Row[]): void {
  const byRequest = groupBy(tasks, (row) => String(row['request_id']));
  const byId = new Map(tasks.map((row) => [row['id'], row]));
  const byKey = new Map<string, Set<unknown>>();
  for (const { requestId, accountId, key, answer } of attempts) {
    const made = byRequest.get(requestId) ?? [];
    if (made.length > 1) violate('a submit makes one task', requestId, `${made.length} tasks`);
    if (answer && 'taskId' in answer && !byId.has(answer.taskId)) {
      violate('an accepted task is there', answer.taskId, 'there is no row of it');
    }
    if (answer && 'code' in answer && answer.code !== 'internal' && made.length > 0) {
      violate('a refused submit makes no task', requestId, answer.code);
    }
    if (key === null) continue;
    const ids = byKey.get(`${accountId} ${key}`) ?? new Set();
    byKey.set(`${accountId} ${key}`, ids);
    for (const row of made) ids.add(row['id']);
  }
  for (const [key, ids] of byKey) {
    if (ids.size > 1) violate('one key, one task', key, [...ids].join(', '));
  }
  const named = tasks.filter((row) => row['external_task_id'] !== null);
  const byName = groupBy(named, (row) => `${row['account_id']} ${row['external_task_id']}`);
  for (const [name, { length }] of byName) {
    if (length > 1) violate('one name, one task', name, `${length} tasks`);
  }
}

function checkTask({ upstream, blobs }: Place, { violate }: Records, row: Row): void {
  const id = String(row['id']);
  const { state } = row;
  if (!END_STATES.includes(state)) violate('every task ends', id, `it is ${state}`);
  if (row['lease_id'] !== null || row['lease_until'] !== null) {
    violate('no lease outlives its task', id, `${row['lease_id']} until ${row['lease_until']}`);
  }
  if (row['holds_slot'] === true) violate('no slot outlives its task', id, `it is ${state}`);
  const paid = upstream.worksOf(id).filter(isPaid);
  if (paid.length > 1) {
    violate('no engine is paid twice for a task', id, paid.map((work) => work.id).join(', '));
  }
  if (state !== 'completed') return;
  if (row['engine'] === 'hosted' && paid.length !== 1) {
    violate('what is charged was made', id, `${paid.length} results`);
  }
  const isKept = row['purged_at'] === null && row['deleted_at'] === null;
  const key = readKey(row['result']);
  if (isKept && !blobs.has(key)) {
    violate('a completed task has its video', id, `there is no blob "${key}"`);
  }
}

function readKey(result: unknown): string {
  const hasKey = typeof result === 'object' && result !== null && 'storageKey' in result;
  return hasKey ? String(result.storageKey) : '';
}

type PriceFacts = { rate: bigint; rule: string; minMs: number; maxMs: number };

function checkPrice({ violate }: Records, row: Row, attempt: Attempt): void {
  const id = String(row['id']);
  const { prices, mode, orientation, quotedNanos, videoUrl } = attempt;
  const price: PriceFacts = {
    rate: prices.rateNanosPerMs[mode],
    rule: prices.rule,
    minMs: prices.billableMsMin,
    maxMs: prices.billableMsMax[orientation],
  };
  const charged = row['charged_nanos'];
  if (row['state'] !== 'completed') {
    if (charged !== 0n) violate('only a completed task is charged', id, `${charged} nanos`);
    return;
  }
  const referenceMs = Number(row['reference_ms']);
  if (!lengthsAt(videoUrl).includes(referenceMs)) {
    violate('what is billed is the clip', id, `${referenceMs} ms of ${videoUrl}`);
  }
  const expected = priceOf(price, referenceMs);
  if (charged !== expected) {
    violate('the price is that of the submit', id, `${charged} and not ${expected} nanos`);
  }
  const asQuoted = lengthsAt(videoUrl).every((ms) => ms === referenceMs);
  if (quotedNanos !== null && asQuoted && charged !== quotedNanos) {
    violate('the price is that of the quote', id, `${charged} and not ${quotedNanos} nanos`);
  }
}

/** Not with the code of the service: the documented rules once more. */
function priceOf({ rate, rule, minMs, maxMs }: PriceFacts, referenceMs: number): bigint {
  const seconds = referenceMs / 1_000;
  const whole = rule === 'ceil' ? Math.ceil(seconds) : Math.round(seconds);
  const ms = rule === 'exact' ? referenceMs : whole * 1_000;
  return rate * BigInt(Math.max(minMs, Math.min(maxMs, ms)));
}

function checkTransfers({ violate }: Records, { tasks, transfers }: Facts): void {
  const byReference = groupBy(transfers, (row) => String(row['reference']));
  for (const row of tasks) {
    const id = String(row['id']);
    const lines = (byReference.get(id) ?? []).map(({ kind }) => kind);
    const settles = lines.filter((kind) => kind === 'settle').length;
    const releases = lines.filter((kind) => kind === 'release').length;
    const wanted = row['state'] === 'completed' ? [1, 0] : [0, 1];
    if (!END_STATES.includes(row['state'])) continue;
    if (settles !== wanted[0] || releases !== wanted[1]) {
      violate('charged once or released once', id, `${row['state']} with ${lines.join(', ')}`);
    }
  }
}

function checkBalances({ deposits, violate }: Records, { tasks, accounts }: Facts): void {
  for (const { id, available_nanos: available, held_nanos: held } of accounts) {
    const charged = tasks
      .filter((row) => row['account_id'] === id && row['state'] === 'completed')
      .reduce((sum, row) => sum + BigInt(String(row['charged_nanos'])), 0n);
    const expected = (deposits.get(String(id)) ?? 0n) - charged;
    if (available !== expected) {
      violate('a balance is deposits less charges', String(id), `${available}, not ${expected}`);
    }
    if (held !== 0n) violate('nothing stays held', String(id), `${held} nanos`);
  }
}

/** After retention and sweeps. */
export function checkNothingLeft({ blobs }: Place, { violate }: Records): void {
  for (const key of blobs.keys()) {
    violate('nothing stays in the storage', key.split('/')[1] ?? key, key);
  }
}

function groupBy(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}
