/** What `understudy doctor --storage` shows: rows and files that have lost each other. */

import type { Config } from '../config.ts';
import { systemClock } from '../kernel/clock.ts';
import { createLog } from '../kernel/log.ts';
import { openBooks, openStorage } from '../main.ts';
import { compareStorage, type StorageReport } from '../tasks/orphans.ts';
import { isDoubtful } from '../tasks/storage-sweep.ts';
import { EXIT_FAILED, EXIT_OK, type Io } from './command.ts';
import { findRunning } from './doctor/places.ts';

/** Lines of each table; the counts above them are of all. */
const SHOWN_MAX = 50;

const BYTES_PER_MEGABYTE = 1024 * 1024;

/** Prints both tables; the exit code is 1 when a result that should be kept is not there. */
export async function checkStorage(config: Config, io: Io): Promise<number> {
  const url = config.databaseUrl === null ? await findRunning(config) : null;
  if (url !== null) {
    io.err(`The service at ${url} has the embedded database open. Stop it first, or read its log:`);
    io.err('it makes the same comparison every STORAGE_SWEEP_MINUTES.');
    return EXIT_FAILED;
  }
  const { db } = await openBooks(config, createLog('silent'));
  try {
    const storage = await openStorage(config);
    const options = { nowMs: systemClock.now(), orphansMax: SHOWN_MAX };
    const report = await compareStorage(db.kysely, storage, options);
    for (const line of formatReport(report)) io.out(line);
    return report.missingTaskIds.length === 0 ? EXIT_OK : EXIT_FAILED;
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
