/**
 * One session of a real database, spoken to in prepared statements: over PGlite each statement is
 * one call into it, which makes a run several times as fast as its own way of asking.
 */

import type { PGlite } from '@electric-sql/pglite';
import type { QueryResult } from 'kysely';
import type { Client } from 'pg';
import { POOL_TYPES } from '../../src/db/parsers.ts';
import { type Answer, createDecoder, encodeBind, encodeParse, toText } from './protocol.ts';

export type Session = {
  query(text: string, parameters?: readonly unknown[]): Promise<SessionResult>;
  /** Gives back what gathers with every statement; to be called where nothing is under way. */
  tidyUp(): Promise<void>;
};

export type SessionResult = QueryResult<Record<string, unknown>> & { command: string };

type Prepared = { name: string; columns: Answer['columns'] };

export function createPgliteSession(pglite: PGlite): Session {
  const statements = new Map<string, Prepared>();
  const decode = createDecoder((oid) => POOL_TYPES.getTypeParser(oid, 'text'));
  const send = (message: Uint8Array, columns: Answer['columns']) =>
    decode(pglite.execProtocolRawSync(message), columns);

  function prepare(text: string): Prepared {
    const known = statements.get(text);
    if (known) return known;
    const name = `statement_${statements.size}`;
    const { columns } = send(encodeParse(name, text), []);
    const prepared = { name, columns };
    statements.set(text, prepared);
    return prepared;
  }

  return {
    async query(text, parameters = []) {
      const { name, columns } = prepare(text);
      return describe(send(encodeBind(name, parameters.map(toText)), columns));
    },
    // PGlite keeps the answers to raw messages until it is asked in its own way.
    async tidyUp() {
      await pglite.exec('SELECT 1');
    },
  };
}

const CHANGES = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

function describe({ rows, tag }: Answer): SessionResult {
  const [command = '', ...numbers] = tag.split(' ');
  const count = numbers.at(-1);
  if (!CHANGES.has(command) || count === undefined) return { rows, command };
  return { rows, command, numAffectedRows: BigInt(count) };
}

export function createServerSession(client: Client): Session {
  const names = new Map<string, string>();
  return {
    async query(text, parameters = []) {
      const name = names.get(text) ?? `statement_${names.size}`;
      names.set(text, name);
      const query = { name, text, values: [...parameters], types: POOL_TYPES };
      const { rows, command, rowCount } = await client.query(query);
      if (!CHANGES.has(command) || rowCount === null) return { rows, command };
      return { rows, command, numAffectedRows: BigInt(rowCount) };
    },
    async tidyUp() {},
  };
}
