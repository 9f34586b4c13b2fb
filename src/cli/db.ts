/** `understudy db`: moves all rows from one database to another by way of a file. */

import { resolve } from 'node:path';
import {
  type Command,
  EXIT_FAILED,
  EXIT_OK,
  type Io,
  readArguments,
  requireOneOf,
} from './command.ts';
import { describeRows, describeViolations, putDump, takeDump } from './dumps.ts';

const HELP = `Usage: understudy db export <file>
       understudy db import <file>

Moves everything from one database to another: accounts, keys, money and tasks. The database is the one of
DATABASE_URL, or the embedded one of DATA_DIR when that is not set.

export  writes all rows as of one moment; works while the service runs, but what it does afterwards is not in the
        file, so stop it first for a move
import  takes the rows into an empty database, all of them or none, and audits the books

The file holds prompts, addresses and the hashes of keys, and can be read by its owner alone. Media are not in it:
they stay in their storage under the same names, and "understudy storage copy" moves them.`;

const MILLISECONDS_PER_SECOND = 1000;

export const dbCommand: Command = {
  name: 'db',
  summary: 'move the database: export and import',
  help: HELP,
  async run(args, io) {
    const { named } = readArguments(args, { options: {}, names: ['action', 'file'] });
    const action = requireOneOf(named.action, ['export', 'import'], '<action>');
    return action === 'export' ? await runExport(named.file, io) : await runImport(named.file, io);
  },
};

async function runExport(file: string, io: Io): Promise<number> {
  const startedMs = Date.now();
  const { head, sizeBytes, runningAt } = await takeDump(io.readConfig(), file);
  io.out(`Exported ${describeRows(head)}, ${sizeBytes} bytes, in ${secondsSince(startedMs)} s.`);
  io.out(`  file  ${resolve(file)}`);
  if (runningAt !== null) {
    io.err(`The service at ${runningAt} goes on; what it does from now on is not in the file.`);
  }
  return EXIT_OK;
}

async function runImport(file: string, io: Io): Promise<number> {
  const startedMs = Date.now();
  const { head, violations } = await putDump(io.readConfig(), file);
  io.out(`Imported ${describeRows(head)} in ${secondsSince(startedMs)} s.`);
  if (violations.length === 0) {
    io.out('The books balance. Unfinished tasks go on with the next service on this database.');
    return EXIT_OK;
  }
  io.err('The books do not balance; do not serve from this database:');
  for (const line of describeViolations(violations)) io.err(`  ${line}`);
  return EXIT_FAILED;
}

function secondsSince(startedMs: number): string {
  return ((Date.now() - startedMs) / MILLISECONDS_PER_SECOND).toFixed(1);
}
