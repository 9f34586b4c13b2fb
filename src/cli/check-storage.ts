/** What `understudy doctor --storage` shows: rows and files that have lost each other. */

import type { Config } from '../config.ts';
import { ORPHANS_NAMED_MAX, readComparison } from '../http/routes/admin-storage/route.ts';
import { systemClock } from '../kernel/clock.ts';
import { createLog } from '../kernel/log.ts';
import { openBooks, openStorage } from '../main.ts';
import { callOwnService, isServiceRunning } from '../net/own-service.ts';
import { readServiceNote } from '../net/service-file.ts';
import { compareStorage, type StorageReport } from '../tasks/orphans.ts';
import { isDoubtful } from '../tasks/storage-sweep.ts';
import { EXIT_FAILED, EXIT_OK, type Io } from './command.ts';

/** Lines of each table; the counts above them are of all. */
const SHOWN_MAX = ORPHANS_NAMED_MAX;

const BYTES_PER_MEGABYTE = 1024 * 1024;

/** Every key of a large bucket takes its time. */
const ANSWER_MS_MAX = 600_000;

/** Prints both tables; the exit code is 1 when a result that should be kept is not there. */
export async function checkStorage(config: Config, io: Io): Promise<number> {
  const report = await makeReport(config);
  for (const line of formatReport(report)) io.out(line);
  return report.missingTaskIds.length === 0 ? EXIT_OK : EXIT_FAILED;
}

/** The embedded database is open in the service alone, so that one is asked when it runs. */
async function makeReport(config: Config): Promise<StorageReport> {
  const note = config.databaseUrl === null ? await readServiceNote(config.dataDir) : null;
  if (note !== null && (await isServiceRunning(note))) {
    const call = { method: 'GET', path: '/admin/storage', answerMsMax: ANSWER_MS_MAX } as const;
    return readComparison(await callOwnService(note, call));
  }
  const { db } = await openBooks(config, createLog('silent'));
  try {
    const storage = await openStorage(config);
    const options = { nowMs: systemClock.now(), orphansMax: SHOWN_MAX };
    return await compareStorage(db.kysely, storage, options);
  } finally {
    await db.close();
  }
}

function formatReport(report: StorageReport): string[] {
  const { blobCount, youngCount, strangeCount, orphanCount, missingTaskIds } = report;
  const size = (report.orphanBytes / BYTES_PER_MEGABYTE).toFixed(1);
  const lines = [
    `ok    storage: ${blobCount} files, ${youngCount} of them too young to judge, ${strangeCount} under other names`,
    `${orphanCount === 0 ? 'ok  ' : 'warn'}  files without a row: ${orphanCount} (${size} MB)`,
    ...formatOrphans(report).map((line) => `      ${line}`),
  ];
  if (isDoubtful(report)) {
    lines.push('      Most files have no row: this may be the storage of another database. The');
    lines.push('      service removes none of them; check DATABASE_URL, S3_BUCKET and S3_PREFIX.');
  }
  const state = missingTaskIds.length === 0 ? 'ok  ' : 'FAIL';
  lines.push(`${state}  kept results without a file: ${missingTaskIds.length}`);
  for (const id of missingTaskIds.slice(0, SHOWN_MAX)) lines.push(`      ${id}`);
  if (missingTaskIds.length > 0) {
    lines.push(
      '      Bring them back from a backup made with --media, or from the former storage.',
    );
  }
  return lines;
}

function formatOrphans({ orphans }: StorageReport): string[] {
  if (orphans.length === 0) return [];
  const width = Math.max(...orphans.map(({ key }) => key.length));
  const rows = orphans.map(({ key, sizeBytes, storedAtMs }) => {
    const storedAt = new Date(storedAtMs).toISOString();
    return `${key.padEnd(width)}  ${String(sizeBytes).padStart(12)}  ${storedAt}`;
  });
  return [`${'file'.padEnd(width)}  ${'bytes'.padStart(12)}  stored`, ...rows];
}
