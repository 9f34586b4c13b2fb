/**
 * Prints tables of how fast the service takes tasks, answers polls and brings tasks to their end,
 * beside what a bare transaction of the same database does in the same run; and how that changes
 * from a thousand tasks to a million.
 *
 * Usage: `node --conditions=development bench/service.ts [--quick] [--rows 1000000] [--only
 * PGlite|PostgreSQL] [--database-url postgres://…]`. PostgreSQL is started for the bench where it
 * is installed; a database that is named must be empty.
 */

import { availableParallelism, cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { findPostgres, startPostgres } from '../test/fixtures/postgres-server.ts';
import { describeTimes, type Measured, repeatFor } from './service/load.ts';
import { type Subject, startSubject } from './service/start-subject.ts';

const CLIENTS = [1, 8, 64];
const MANY_ACCOUNTS = 1_000;
const GROWTH_CLIENTS = 8;
const SAMPLE = 2_000;

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rows: { type: 'string', default: '1000000' },
    only: { type: 'string' },
    'database-url': { type: 'string' },
  },
});

const seconds = values.quick ? 1 : 3;
const rowsMax = values.quick ? Math.min(10_000, Number(values.rows)) : Number(values.rows);
const sizes = [1_000, 10_000, 100_000, 1_000_000].filter((size) => size <= rowsMax);
/** Enough of each for a 99th percentile, without waiting for ever on a busy machine. */
const TASKS_IN_ALL = values.quick ? 16 : 120;
const accounts = values.quick ? 100 : MANY_ACCOUNTS;

const BODY = {
  model: 'kling-v3-motion-control',
  image_url: 'https://example.com/ref-image.png',
  video_url: 'https://example.com/ref-video-8s.mp4',
  character_orientation: 'image',
  mode: 'std',
};

console.log(
  `${availableParallelism()} processors (${cpus()[0]?.model.trim()}), Node ${process.version}, load ${describeLoad()} at the start. ` +
    'Clients and service share the processors.\n',
);
const startedAtMs = performance.now();
if (values.only !== 'PostgreSQL') await measureDatabase('PGlite', null);
if (values.only !== 'PGlite') await measurePostgres();
const minutes = (performance.now() - startedAtMs) / 60_000;
console.log(`Took ${minutes.toFixed(1)} min; load ${describeLoad()} at the end.`);

function describeLoad(): string {
  return loadavg()
    .slice(0, 1)
    .map((load) => load.toFixed(1))
    .join();
}

async function measurePostgres(): Promise<void> {
  const named = values['database-url'];
  if (named) return await measureDatabase('PostgreSQL', named);
  const binaries = findPostgres();
  if (binaries === null) {
    console.log('Skipped PostgreSQL: it is not installed, and no --database-url was given.\n');
    return;
  }
  const server = await startPostgres(binaries);
  try {
    await measureDatabase('PostgreSQL', server.url);
  } finally {
    await server.stop();
  }
}

async function measureDatabase(name: string, databaseUrl: string | null): Promise<void> {
  const subject = await startSubject({ databaseUrl, accounts, hasWorkers: false });
  try {
    await printRates(name, subject);
    await printGrowth(name, subject);
  } finally {
    await subject.stop();
  }
  await printLatency(name, databaseUrl);
}

/** A submit writes task, job, hold and its lines; a bare transaction writes one row. */
async function printRates(name: string, subject: Subject): Promise<void> {
  await subject.fill(1_000);
  const sample = await subject.sample(SAMPLE);
  printHead(`${name}: a second, with 1,000 tasks in the table`, [
    'clients',
    'bare transactions',
    'submits, one account',
    `submits, ${accounts.toLocaleString('en')} accounts`,
    'of bare',
    'p99 ms',
    'bare selects',
    'polls',
    'of bare',
    'p99 ms',
  ]);
  const costs: string[][] = [];
  for (const clients of CLIENTS) {
    const load = { clients, seconds };
    const writes = await priced(subject, () => subject.bare('write', clients, seconds));
    const hot = await measureSubmits(subject, 1, load);
    const spread = await priced(subject, () => measureSubmits(subject, accounts, load));
    const reads = await priced(subject, () => subject.bare('read', clients, seconds));
    const polls = await priced(subject, () => measurePolls(subject, sample, load));
    printRow([
      clients,
      round(writes.perSecond),
      round(hot.perSecond),
      round(spread.perSecond),
      ratio(spread.perSecond, writes.perSecond),
      round(spread.p99Ms),
      round(reads.perSecond),
      round(polls.perSecond),
      ratio(polls.perSecond, reads.perSecond),
      round(polls.p99Ms),
    ]);
    costs.push([
      String(clients),
      ...[writes, spread, reads, polls].map(({ cpu }) => cpu.toFixed(2)),
    ]);
  }
  console.log('');
  printHead(`${name}: processor ms of the service for each${describeShare(name)}`, [
    'clients',
    'bare transaction',
    'submit',
    'bare select',
    'poll',
  ]);
  for (const row of costs) printRow(row);
  console.log('');
}

/** What PostgreSQL takes is in processes of its own. */
function describeShare(name: string): string {
  return name === 'PGlite' ? ', its database included' : ', without the database';
}

/** Times of a busy machine say little; what the processor did says more. */
async function priced(
  subject: Subject,
  measure: () => Promise<Measured>,
): Promise<Measured & { cpu: number }> {
  const beforeMs = await subject.cpuMs();
  const measured = await measure();
  return { ...measured, cpu: ((await subject.cpuMs()) - beforeMs) / measured.turns };
}

async function printGrowth(name: string, subject: Subject): Promise<void> {
  printHead(`${name}: how it grows (${GROWTH_CLIENTS} clients)`, [
    'tasks',
    'submits a second',
    'of bare',
    'processor ms',
    'polls a second',
    'of bare',
    'processor ms',
    'lists of 20 a second',
    'ms for the metrics',
    'ms for a sweep',
  ]);
  const load = { clients: GROWTH_CLIENTS, seconds };
  for (const size of sizes) {
    await subject.fill(size);
    const sample = await subject.sample(SAMPLE);
    const look = await subject.look();
    const writes = await subject.bare('write', GROWTH_CLIENTS, seconds);
    const submits = await priced(subject, () => measureSubmits(subject, accounts, load));
    const reads = await subject.bare('read', GROWTH_CLIENTS, seconds);
    const polls = await priced(subject, () => measurePolls(subject, sample, load));
    const lists = await repeatFor(
      (turn) => subject.call('/v1/videos?limit=20', subject.keys[turn % accounts]!),
      load,
    );
    printRow([
      size.toLocaleString('en'),
      round(submits.perSecond),
      ratio(submits.perSecond, writes.perSecond),
      submits.cpu.toFixed(2),
      round(polls.perSecond),
      ratio(polls.perSecond, reads.perSecond),
      polls.cpu.toFixed(2),
      round(lists.perSecond),
      look.metrics.toFixed(1),
      look.sweep.toFixed(1),
    ]);
  }
  console.log('');
}

async function measureSubmits(
  subject: Subject,
  owners: number,
  load: { clients: number; seconds: number },
): Promise<Measured> {
  const measured = await repeatFor(
    (turn) => subject.call('/v1/videos/generations', subject.keys[turn % owners]!, BODY),
    load,
  );
  if (measured.failures > 0) throw new Error(`${measured.failures} submits were refused`);
  await subject.endSubmitted();
  return measured;
}

async function measurePolls(
  subject: Subject,
  sample: readonly { id: string; key: string }[],
  load: { clients: number; seconds: number },
): Promise<Measured> {
  const measured = await repeatFor((turn) => {
    const { id, key } = sample[turn % sample.length]!;
    return subject.call(`/v1/videos/${id}`, key);
  }, load);
  if (measured.failures > 0) throw new Error(`${measured.failures} polls were refused`);
  return measured;
}

/** From sending the submit to the answer that says it is completed, by long polls. */
async function printLatency(name: string, databaseUrl: string | null): Promise<void> {
  const subject = await startSubject({ databaseUrl, accounts: 64, hasWorkers: true });
  printHead(`${name}: from submit to completed, of an engine that takes no time`, [
    'clients',
    'tasks',
    'p50 ms',
    'p99 ms',
    'tasks a second',
  ]);
  try {
    for (const clients of CLIENTS) {
      const times: number[] = [];
      const begunAtMs = performance.now();
      const tasksPerClient = Math.ceil(Math.min(TASKS_IN_ALL, 15 * clients) / clients);
      await Promise.all(
        Array.from({ length: clients }, async (_, client) => {
          for (let turn = 0; turn < tasksPerClient; turn++) {
            times.push(await timeTask(subject, subject.keys[client]!));
          }
        }),
      );
      const tookSeconds = (performance.now() - begunAtMs) / 1_000;
      const { p50Ms, p99Ms } = describeTimes(times);
      printRow([
        clients,
        times.length,
        round(p50Ms),
        round(p99Ms),
        (times.length / tookSeconds).toFixed(1),
      ]);
    }
  } finally {
    await subject.stop();
  }
  console.log('');
}

async function timeTask(subject: Subject, key: string): Promise<number> {
  const begunAtMs = performance.now();
  const { data } = await subject.call('/v1/videos/generations', key, BODY);
  const taskId = data?.[0]?.task_id ?? '';
  for (;;) {
    const { usage, status } = await subject.call(`/v1/videos/${taskId}?wait=60`, key);
    if (!usage?.is_final) continue;
    if (status !== 'completed') throw new Error(`the task ${taskId} ended ${status}`);
    return performance.now() - begunAtMs;
  }
}

function printHead(title: string, columns: readonly string[]): void {
  console.log(`### ${title}\n`);
  printRow(columns);
  console.log(`|${columns.map(() => '---:').join('|')}|`);
}

function printRow(cells: readonly (string | number)[]): void {
  console.log(`| ${cells.join(' | ')} |`);
}

function round(value: number): string {
  return value >= 10 ? Math.round(value).toLocaleString('en') : value.toFixed(1);
}

function ratio(part: number, whole: number): string {
  return (part / whole).toFixed(2);
}
