/**
 * `GET /admin/storage`: the operator learns which files have no row, and which kept results have no
 * file. Nothing is removed.
 */

import { z } from 'zod';
import type { StorageReport } from '../../../tasks/tasks.ts';
import { requireAdmin } from '../../auth.ts';
import type { AddRoute } from '../../context.ts';
import { errorAnswers, needsAdminKey } from '../answers.ts';

/** Files without a row that are named; the counts are of all. */
export const ORPHANS_NAMED_MAX = 50;

const storageComparison = z
  .object({
    object: z.literal('storage_comparison'),
    files: z.int(),
    too_young_to_judge: z.int(),
    under_other_names: z.int(),
    without_row: z.int(),
    without_row_bytes: z.int(),
    /** The first of them. */
    without_row_files: z.array(
      z.object({ key: z.string(), size_bytes: z.int(), stored_at: z.int() }),
    ),
    /** Tasks whose kept result is not there. */
    without_file: z.array(z.string()),
  })
  .meta({ id: 'StorageComparison' });

const MS_PER_SECOND = 1_000;

export const addAdminStorageRoute: AddRoute = (app, context) => {
  app.route({
    method: 'GET',
    url: '/admin/storage',
    onRequest: requireAdmin(context),
    schema: {
      operationId: 'compareStorage',
      summary: 'Compare the storage with the database',
      tags: ['admin'],
      security: needsAdminKey,
      response: { 200: storageComparison, ...errorAnswers },
    },
    handler: async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      return writeComparison(await context.tasks.compareStorage(ORPHANS_NAMED_MAX));
    },
  });
};

function writeComparison(report: StorageReport): z.infer<typeof storageComparison> {
  return {
    object: 'storage_comparison',
    files: report.blobCount,
    too_young_to_judge: report.youngCount,
    under_other_names: report.strangeCount,
    without_row: report.orphanCount,
    without_row_bytes: report.orphanBytes,
    without_row_files: report.orphans.map(({ key, sizeBytes, storedAtMs }) => ({
      key,
      size_bytes: sizeBytes,
      stored_at: Math.floor(storedAtMs / MS_PER_SECOND),
    })),
    without_file: [...report.missingTaskIds],
  };
}

/** What a service has answered, as it was before it was written. */
export function readComparison(answer: unknown): StorageReport {
  const said = storageComparison.parse(answer);
  return {
    blobCount: said.files,
    youngCount: said.too_young_to_judge,
    strangeCount: said.under_other_names,
    orphanCount: said.without_row,
    orphanBytes: said.without_row_bytes,
    orphans: said.without_row_files.map(({ key, size_bytes, stored_at }) => ({
      key,
      sizeBytes: size_bytes,
      storedAtMs: stored_at * MS_PER_SECOND,
    })),
    missingTaskIds: said.without_file,
  };
}
