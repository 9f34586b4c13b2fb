/**
 * `DELETE /v1/uploads/{upload_id}`: removes the bytes. A task that has taken its own copy keeps it;
 * one that has not makes the removal a conflict.
 */

import { z } from 'zod';
import { callerOf, requireCaller } from '../../auth.ts';
import type { AddRoute } from '../../context.ts';
import { errorAnswers, needsKey } from '../answers.ts';
import { uploadParams } from '../upload-answer.ts';

const removed = z
  .object({ id: z.string(), object: z.literal('upload'), deleted: z.literal(true) })
  .meta({ id: 'UploadDeleted' });

export const addDeleteUploadRoute: AddRoute = (app, context) => {
  app.route({
    method: 'DELETE',
    url: '/v1/uploads/:upload_id',
    onRequest: requireCaller(context),
    schema: {
      operationId: 'deleteUpload',
      summary: 'Remove an upload',
      tags: ['uploads'],
      security: needsKey,
      params: uploadParams,
      response: { 200: removed, ...errorAnswers },
    },
    handler: async (request) => {
      const { upload_id: id } = request.params;
      await context.uploads.remove(callerOf(request).accountId, id);
      return { id, object: 'upload' as const, deleted: true as const };
    },
  });
};
