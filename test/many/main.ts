/**
 * `node --conditions=development test/many/main.ts [--tasks 500] [--render-ms 400]`: shows on a
 * PostgreSQL of its own, or that of TEST_DATABASE_URL, that many processes lose nothing.
 */

import { parseArgs } from 'node:util';
import { findPostgres, startPostgres } from '../fixtures/postgres-server.ts';
import { drawTimeline } from './draw-timeline.ts';

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '500' },
    'render-ms': { type: 'string', default: '400' },
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
  const { states, charges, violations, elapsedMs } = result;
  console.log({ states, settlementsPerTask: charges, violations, seconds: elapsedMs / 1_000 });
  const isGood = states['completed'] === Number(values.tasks) && violations.length === 0;
  process.exitCode = isGood && charges['1'] === Number(values.tasks) ? 0 : 1;
} finally {
  await server?.stop();
}
