/**
 * Runs many seeds and prints what came of them:
 *
 *   node --conditions=development test/simulation/run.ts --seeds 1000 --tasks 100
 *
 * `--seed N` runs that one and tells its story; `--plant NAME` plants a bug, and then the run fails
 * unless it is caught; `--plants` plants each in turn and prints by which checks they are caught;
 * `--postgres` runs on the server of TEST_DATABASE_URL.
 */

import { parseArgs } from 'node:util';
import { FAULT_KINDS } from './faults.ts';
import { openSession } from './open-session.ts';
import { PLANTS, type Plant, type PlantName } from './plants.ts';
import { type SeedReport, simulateSeed } from './simulate.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    first: { type: 'string', default: '1' },
    seed: { type: 'string' },
    tasks: { type: 'string', default: '100' },
    plant: { type: 'string' },
    plants: { type: 'boolean', default: false },
    postgres: { type: 'boolean', default: false },
    story: { type: 'string' },
  },
});

const LINES_MAX = 120;
const PROGRESS_SEEDS = 50;

/** Ctrl-C ends a long run after the seed that it is at, and what came of it so far is told. */
let isEnough = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    isEnough = true;
  });
}

process.exitCode = values.plants ? await catchPlants() : await run();
process.exit();

async function run(): Promise<number> {
  const first = Number(values.seed ?? values.first);
  const count = values.seed === undefined ? Number(values.seeds) : 1;
  const tasks = Number(values.tasks);
  const plant = findPlant(values.plant);
  const session = await openSession(values.postgres ? 'postgres' : 'pglite');
  const reports: SeedReport[] = [];
  const began = process.cpuUsage();
  const beganMs = performance.now();
  for (let seed = first; seed < first + count && !isEnough; seed++) {
    const report = await simulateSeed(session, { seed, tasks, ...(plant ? { plant } : {}) });
    if (report.violations.length > 0) tellFailure(report, tasks);
    if (values.story !== undefined) console.log(report.logOf(values.story).join('\n'));
    // Without what is only for telling, so that thousands of seeds fit.
    reports.push({ ...report, logOf: () => [] });
    if (reports.length % PROGRESS_SEEDS === 0) tellProgress(reports, performance.now() - beganMs);
    if (plant && report.violations.length > 0) break;
  }
  const { user, system } = process.cpuUsage(began);
  const cpuSeconds = (user + system) / 1e6;
  printTable(reports, { cpuSeconds, wallSeconds: (performance.now() - beganMs) / 1_000 });
  await session.close();
  const isCaught = reports.some(({ violations }) => violations.length > 0);
  return isCaught === (plant !== null) ? 0 : 1;
}

function tellProgress(reports: readonly SeedReport[], elapsedMs: number): void {
  const sum = (counts: readonly Record<string, number>[]) =>
    Object.values(addUp(counts)).reduce((total, count) => total + count, 0);
  const tasks = sum(reports.map(({ outcomes }) => outcomes));
  const faults = sum(reports.map(({ faults }) => faults));
  const failed = reports.filter(({ violations }) => violations.length > 0).length;
  const { seed } = reports.at(-1) ?? { seed: 0 };
  console.error(
    `${reports.length} seeds, the last is ${seed}: ${tasks} tasks, ${faults} faults, ` +
      `${failed} seeds broke a promise, ${Math.round(elapsedMs / 1_000)} s`,
  );
}

/** 0 when each planted bug is caught by some seed. */
async function catchPlants(): Promise<number> {
  const session = await openSession(values.postgres ? 'postgres' : 'pglite');
  const first = Number(values.first);
  const end = first + Number(values.seeds);
  let missed = 0;
  for (const [name, plant] of Object.entries(PLANTS)) {
    let report: SeedReport | null = null;
    for (let seed = first; seed < end && !isEnough; seed++) {
      report = await simulateSeed(session, { seed, tasks: Number(values.tasks), plant });
      if (report.violations.length > 0) break;
    }
    const checks = [...new Set(report?.violations.map(({ check }) => check))];
    if (checks.length === 0) missed += 1;
    const how = checks.length > 0 ? `seed ${report?.seed}` : 'NOT CAUGHT';
    console.log(`${name.padEnd(26)}${how.padEnd(12)}${checks.join('; ')}`);
  }
  await session.close();
  return missed === 0 ? 0 : 1;
}

function findPlant(name: string | undefined): Plant | null {
  if (name === undefined) return null;
  if (name in PLANTS) return PLANTS[name as PlantName];
  throw new Error(`There is no bug "${name}" to plant; use ${Object.keys(PLANTS).join(', ')}.`);
}

function tellFailure({ seed, violations, logOf, hash }: SeedReport, tasks: number): void {
  const plant = values.plant === undefined ? '' : ` --plant ${values.plant}`;
  console.log(`\nSeed ${seed} (${hash}) breaks its promises. To repeat it:`);
  console.log(
    `  node --conditions=development test/simulation/run.ts --seed ${seed} --tasks ${tasks}${plant}`,
  );
  for (const { check, subject, detail } of violations.slice(0, 12)) {
    console.log(`  ${check}: ${subject}: ${detail}`);
  }
  const [first] = violations;
  const lines = first ? logOf(first.subject) : [];
  if (lines.length > 0) console.log(lines.slice(-LINES_MAX).join('\n'));
}

function printTable(
  reports: readonly SeedReport[],
  { cpuSeconds, wallSeconds }: { cpuSeconds: number; wallSeconds: number },
): void {
  const outcomes = addUp(reports.map((report) => report.outcomes));
  const faults = addUp(reports.map((report) => report.faults));
  const tasks = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  const steps = reports.reduce((sum, report) => sum + report.steps, 0);
  const wasted = reports.reduce((sum, report) => sum + report.wasted, 0);
  const failed = reports.filter(({ violations }) => violations.length > 0).length;
  const lines: [string, number | string][] = [
    ['seeds', reports.length],
    ['seeds that broke a promise', failed],
    ['tasks accepted', tasks],
    ...Object.entries(outcomes).map(([state, count]): [string, number] => [`  ${state}`, count]),
    ...Object.entries(addUp(reports.map((report) => report.refusals))).map(
      ([code, count]): [string, number] => [`submits: ${code}`, count],
    ),
    ['results made and not charged', wasted],
    ['calls between processes', steps],
    ['faults', Object.values(faults).reduce((sum, count) => sum + count, 0)],
    ...FAULT_KINDS.map((kind): [string, number] => [`  ${kind}`, faults[kind] ?? 0]),
    ['seconds of CPU', cpuSeconds.toFixed(1)],
    ['seconds', wallSeconds.toFixed(1)],
    ['milliseconds of CPU for each task', ((cpuSeconds * 1_000) / Math.max(tasks, 1)).toFixed(2)],
  ];
  console.log();
  for (const [name, value] of lines) console.log(`${name.padEnd(42)}${String(value).padStart(12)}`);
}

function addUp(all: readonly Record<string, number>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const counts of all) {
    for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count;
  }
  return sums;
}
