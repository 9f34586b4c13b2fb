/**
 * `node --conditions=development test/many/main.ts [--tasks 500] [--render-ms 400] [--plot
 * out/many.svg]`: shows on a PostgreSQL of its own, or that of TEST_DATABASE_URL, that many
 * processes lose nothing, in words and in a picture.
 */

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { findPostgres, startPostgres } from '../fixtures/postgres-server.ts';
import { drawTimeline } from './draw-timeline.ts';
import { plotTimeline } from './plot-timeline.ts';
import type { ManyResult } from './run-many.ts';

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '500' },
    'render-ms': { type: 'string', default: '400' },
    plot: { type: 'string', default: 'out/many.svg' },
  },
});

const binaries = findPostgres();
const needsServer = !process.env['TEST_DATABASE_URL'];
if (needsServer && !binaries) throw new Error('install PostgreSQL, or set TEST_DATABASE_URL');
const server = needsServer && binaries ? await startPostgres(binaries) : null;
if (server) process.env['TEST_DATABASE_URL'] = server.url;
// Only now, because the fixture reads the address when it is loaded.
const { runMany } = await import('./run-many.ts');
try {
  const result = await runMany({
    tasks: Number(values.tasks),
    renderMs: Number(values['render-ms']),
    accounts: 5,
    log: (text) => console.log(text),
  });
  console.log(drawTimeline(result.steps));
  await mkdir(dirname(values.plot), { recursive: true });
  await writeFile(values.plot, plot(result));
  console.log(`The picture is ${values.plot}.`);
  const { states, charges, violations, elapsedMs } = result;
  console.log({ states, settlementsPerTask: charges, violations, seconds: elapsedMs / 1_000 });
  const isGood = states['completed'] === Number(values.tasks) && violations.length === 0;
  process.exitCode = isGood && charges['1'] === Number(values.tasks) ? 0 : 1;
} finally {
  await server?.stop();
}

function plot({ steps, submits, kills, states, charges, violations }: ManyResult): string {
  const names = [...new Set([...submits, ...steps].map(({ node }) => node))].toSorted();
  const lanes = names.map((name) => {
    const own = steps.filter(({ node, outcome }) => node === name && outcome === 'done');
    const taken = submits.filter(({ node }) => node === name);
    if (taken.length > 0) {
      return { name, behind: { label: 'submitted', moments: taken }, front: null };
    }
    return {
      name,
      behind: { label: 'started', moments: own.filter(({ step }) => step === 'start') },
      front: { label: 'completed', moments: own.filter(({ step }) => step === 'finish') },
    };
  });
  const title =
    `${values.tasks} tasks: ${states['completed'] ?? 0} completed, ` +
    `${charges['1'] ?? 0} charged once, ${violations.length} broken promises`;
  return plotTimeline(title, lanes, kills);
}
