/**
 * `POST /admin/backup`: the operator takes all rows of the database, as of one moment, while the
 * service goes on. Media are not among them.
 */

import { z } from 'zod';
import { requireAdmin } from '../../auth.ts';
import type { AddRoute } from '../../context.ts';
import { errorAnswers, needsAdminKey, sendStream } from '../answers.ts';

const file = { content: { 'application/gzip': { schema: z.string().meta({ format: 'binary' }) } } };

export const addAdminBackupRoute: AddRoute = (app, context) => {
  // On the embedded database everybody waits for a dump, so two of them take turns.
  let last: Promise<unknown> = Promise.resolve();

  app.route({
    method: 'POST',
    url: '/admin/backup',
    onRequest: requireAdmin(context),
    schema: {
      operationId: 'createBackup',
      summary: 'Dump the database',
      description: 'A file for "understudy restore" and "understudy db import".',
      tags: ['admin'],
      security: needsAdminKey,
      response: { 200: { description: 'Gzip of JSON lines.', ...file }, ...errorAnswers },
    },
    handler: async (_, reply) => {
      const opening = last.then(() => context.openDump());
      last = opening.catch(() => undefined);
      const { stream, sizeBytes } = await opening;
      reply.headers({ 'content-type': 'application/gzip', 'content-length': sizeBytes });
      return sendStream(reply, stream);
    },
  });
};
