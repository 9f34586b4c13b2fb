/** The database that seeds run on: in memory, or a copy on the server of TEST_DATABASE_URL. */

import { Client } from 'pg';
import { loadPglite, reserveMigrated } from '../fixtures/database.ts';
import { createPgliteSession, createServerSession, type Session } from './session.ts';

export type OpenSession = Session & { close(): Promise<void> };

/** None of these changes what a statement answers; tables of a seed are small. */
const QUICKER = ['plan_cache_mode = force_generic_plan', 'synchronous_commit = off', 'jit = off'];

export async function openSession(kind: 'pglite' | 'postgres'): Promise<OpenSession> {
  if (kind === 'pglite') {
    const pglite = await loadPglite();
    for (const setting of QUICKER) await pglite.exec(`SET ${setting}`);
    return { ...createPgliteSession(pglite), close: () => pglite.close() };
  }
  const reserved = await reserveMigrated();
  const client = new Client({ connectionString: reserved.url });
  await client.connect();
  for (const setting of QUICKER) await client.query(`SET ${setting}`);
  return {
    ...createServerSession(client),
    async close() {
      await client.end();
      await reserved.drop();
    },
  };
}
