/**
 * Once in a while one process for all of them removes what the storage keeps without a row, and
 * tells which results are lost. It would rather keep too much than remove what is another's.
 */

import { createTurn } from './chores.ts';
import type { TaskMeans } from './options.ts';
import { compareStorage, type StorageReport } from './orphans.ts';

/** Orphans that one sweep removes; the next sweep takes the rest. */
const ORPHANS_REMOVED_MAX = 1_000;

/**
 * More orphans than this, and more than half of all blobs, are the sign of a storage that belongs
 * to another database, not of blobs that got lost.
 */
export const ORPHANS_DOUBTED_MIN = 20;

/** Ids that one line of the log carries. */
const LOGGED_MAX = 20;

const CHORE = 'storage-sweep';

type Means = Pick<TaskMeans, 'db' | 'storage' | 'clock' | 'limits' | 'log' | 'figures'>;

export type StorageSweep = {
  /** Sweeps when it is this process's turn, which none has before the first interval is over. */
  sweepIfDue(): Promise<void>;
};

export function createStorageSweep(means: Means): StorageSweep {
  const { storageSweepIntervalMs: intervalMs } = means.limits;
  const takeTurn = createTurn(means, { name: CHORE, intervalMs, firstDelayMs: intervalMs });
  return {
    async sweepIfDue() {
      try {
        if (await takeTurn()) await sweepStorage(means);
      } catch (error) {
        // Tasks do not wait for it, and the next turn begins anew.
        means.log.error({ err: error }, 'a sweep of the storage was not finished');
      }
    },
  };
}

/** @returns how many orphans were removed. */
export async function sweepStorage(
  means: Means,
  removedMax = ORPHANS_REMOVED_MAX,
): Promise<number> {
  const { db, storage, clock, log, figures } = means;
  const look = { nowMs: clock.now(), orphansMax: removedMax };
  const report = await compareStorage(db.kysely, storage, look);
  const lostCount = report.missingTaskIds.length;
  if (lostCount > 0) {
    const taskIds = report.missingTaskIds.slice(0, LOGGED_MAX);
    log.error({ count: lostCount, taskIds }, 'results that should be kept are not in the storage');
  }
  if (isDoubtful(report)) {
    const { blobCount, orphanCount } = report;
    const why = 'most of the storage has no rows here, so nothing of it is removed';
    log.error({ blobCount, orphanCount }, why);
    return 0;
  }
  const removed = await removeOrphans(means, report);
  figures.removedOrphans(removed);
  return removed;
}

/** Whether the storage looks like that of another database. */
export function isDoubtful({ blobCount, orphanCount, strangeCount }: StorageReport): boolean {
  return orphanCount > ORPHANS_DOUBTED_MIN && 2 * orphanCount > blobCount - strangeCount;
}

async function removeOrphans({ storage, log }: Means, report: StorageReport): Promise<number> {
  let removed = 0;
  for (const { key } of report.orphans) {
    try {
      await storage.delete(key);
      removed += 1;
    } catch (error) {
      log.error({ key, err: error }, 'an orphan could not be removed');
    }
  }
  if (removed > 0) {
    const keys = report.orphans.slice(0, LOGGED_MAX).map(({ key }) => key);
    log.warn({ count: removed, of: report.orphanCount, keys }, 'blobs without a row were removed');
  }
  return removed;
}
