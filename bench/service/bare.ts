/** What the database alone can do: the limit that nothing on top of it passes. */

import { sql } from 'kysely';
import type { Database } from '../../src/db/database.ts';
import { repeatFor } from './load.ts';

type Wanted = { kind: 'write' | 'read'; clients: number; seconds: number };

const ROWS = 1_000;

/** Transactions of one insert, or selects of one row by its key, a second. */
export async function measureBare(db: Database, { kind, clients, seconds }: Wanted) {
  await db.executeSql('CREATE TABLE IF NOT EXISTS bare (id bigserial PRIMARY KEY, value text)');
  await db.executeSql(
    `INSERT INTO bare (value) SELECT 'value' FROM generate_series(1, ${ROWS})
      WHERE NOT EXISTS (SELECT 1 FROM bare)`,
  );
  const write = async () => {
    await db.transaction((tx) => sql`INSERT INTO bare (value) VALUES ('value')`.execute(tx));
  };
  let turn = 0;
  const read = async () => {
    turn = (turn + 1) % ROWS;
    await sql`SELECT value FROM bare WHERE id = ${turn + 1}`.execute(db.kysely);
  };
  return await repeatFor(kind === 'write' ? write : read, { clients, seconds });
}
