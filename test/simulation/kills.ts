/**
 * `node --conditions=development test/simulation/kills.ts [--kills 100] [--database
 * pglite|postgres] [--seed 1]`: kills a service under load and says what came of it.
 */

import { parseArgs } from 'node:util';
import { findPostgres, startPostgres } from '../fixtures/postgres-server.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    database: { type: 'string', default: 'pglite' },
    seed: { type: 'string', default: '1' },
  },
});

const kind = values.database === 'postgres' ? 'postgres' : 'pglite';
const binaries = findPostgres();
const needsServer = kind === 'postgres' && !process.env['TEST_DATABASE_URL'];
if (needsServer && !binaries) throw new Error('install PostgreSQL, or set TEST_DATABASE_URL');
const server = needsServer && binaries ? await startPostgres(binaries) : null;
if (server) process.env['TEST_DATABASE_URL'] = server.url;
// Only now, because the fixture reads the address when it is loaded.
const { runKills } = await import('./run-kills.ts');
try {
  const log = (text: string) => console.log(text);
  const kills = Number(values.kills);
  const result = await runKills({ kills, kind, seed: Number(values.seed), log });
  console.log(result);
  const { accepted, states, missing, open, violations } = result;
  const inAll = Object.values(states).reduce((sum, count) => sum + count, 0);
  const isGood = accepted > 0 && [missing, open, violations].every(({ length }) => length === 0);
  console.log(
    `${kills} kills on ${kind}: ${accepted} submits answered, ${inAll} tasks in the database, ` +
      `${inAll - open.length} ended, ${missing.length} missing, ${violations.length} violations`,
  );
  process.exitCode = isGood ? 0 : 1;
} finally {
  await server?.stop();
}
