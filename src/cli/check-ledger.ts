/** The proof of the books for `understudy doctor --ledger`, by whoever can read them now. */

import type { Violation } from '../billing/audit.ts';
import type { Config } from '../config.ts';
import { audit } from '../http/routes/admin-audit/route.ts';
import { createLog } from '../kernel/log.ts';
import { openBooks } from '../main.ts';
import { callOwnService, isServiceRunning } from '../net/own-service.ts';
import { readServiceNote } from '../net/service-file.ts';
import { auditBooks } from '../tasks/audit.ts';
import { EXIT_FAILED, EXIT_OK, type Io } from './command.ts';

/** Large books take their time. */
const ANSWER_MS_MAX = 600_000;

/** Prints a table of what is broken; the exit code is 1 when anything is. */
export async function checkLedger(config: Config, io: Io): Promise<number> {
  const violations = await findViolations(config);
  if (violations.length === 0) {
    io.out('ok    ledger: every promise holds');
    return EXIT_OK;
  }
  io.out(`FAIL  ledger: ${violations.length} broken promises`);
  for (const line of formatTable(violations)) io.out(`      ${line}`);
  io.out('      Stop taking submits, keep the database as it is, and compare with a backup.');
  return EXIT_FAILED;
}

/** The embedded database is open in the service alone, so that one is asked when it runs. */
async function findViolations(config: Config): Promise<readonly Violation[]> {
  const note = config.databaseUrl === null ? await readServiceNote(config.dataDir) : null;
  if (note !== null && (await isServiceRunning(note))) {
    const call = { method: 'GET', path: '/admin/audit', answerMsMax: ANSWER_MS_MAX } as const;
    return audit.parse(await callOwnService(note, call)).violations;
  }
  const { db } = await openBooks(config, createLog('silent'));
  try {
    return await db.longTransaction((tx) => auditBooks(tx));
  } finally {
    await db.close();
  }
}

function formatTable(violations: readonly Violation[]): string[] {
  const rows = [{ invariant: 'promise', subject: 'id', detail: 'what was found' }, ...violations];
  const widthOf = (column: 'invariant' | 'subject') =>
    Math.max(...rows.map((row) => row[column].length));
  const [first, second] = [widthOf('invariant'), widthOf('subject')];
  return rows.map(
    (row) => `${row.invariant.padEnd(first)}  ${row.subject.padEnd(second)}  ${row.detail}`,
  );
}
