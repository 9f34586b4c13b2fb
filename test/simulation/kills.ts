/**
 * `node --conditions=development test/simulation/kills.ts [--kills 100] [--database
 * pglite|postgres] [--outages 0] [--seed 1]`: kills a service under load, stops and starts its
 * PostgreSQL as often as asked for, and says what came of it.
 */

import { parseArgs } from 'node:util';
import { findPostgres, startPostgres } from '../fixtures/postgres-server.ts';
import { runKills } from './run-kills.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    database: { type: 'string', default: 'pglite' },
    outages: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
  },
});

const kind = values.database === 'postgres' ? 'postgres' : 'pglite';
const kills = Number(values.kills);
const outages = Number(values.outages);
if (outages > 0 && kind === 'pglite') throw new Error('--outages needs --database postgres');
const binaries = findPostgres();
// A server of somebody else's is not stopped.
const needsOwn = kind === 'postgres' && (outages > 0 || !process.env['TEST_DATABASE_URL']);
if (needsOwn && !binaries) throw new Error('install PostgreSQL, or set TEST_DATABASE_URL');
const server = needsOwn && binaries ? await startPostgres(binaries) : null;
try {
  const log = (text: string) => console.log(text);
  const result = await runKills({
    kills,
    kind,
    seed: Number(values.seed),
    log,
    ...(server ? { outages: { count: outages, server } } : {}),
  });
  console.log(result);
  const { accepted, states, missing, open, violations } = result;
  const inAll = Object.values(states).reduce((sum, count) => sum + count, 0);
  const isGood = accepted > 0 && [missing, open, violations].every(({ length }) => length === 0);
  console.log(
    `${kills} kills and ${result.outages} outages on ${kind}: ${accepted} submits answered, ` +
      `${inAll} tasks in the database, ` +
      `${inAll - open.length} ended, ${missing.length} missing, ${violations.length} violations`,
  );
  process.exitCode = isGood ? 0 : 1;
} finally {
  await server?.stop();
}
