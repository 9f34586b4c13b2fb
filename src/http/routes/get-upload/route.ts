/** `GET /v1/uploads/{upload_id}`: what is known of an upload. */

import { callerOf, requireCaller } from '../../auth.ts';
import type { AddRoute } from '../../context.ts';
import { errorAnswers, needsKey } from '../answers.ts';
import { toUploadAnswer, upload, uploadParams } from '../upload-answer.ts';

export const addGetUploadRoute: AddRoute = (app, context) => {
  app.route({
    method: 'GET',
    url: '/v1/uploads/:upload_id',
    onRequest: requireCaller(context),
    schema: {
      operationId: 'getUpload',
      summary: 'Read an upload',
      tags: ['uploads'],
      security: needsKey,
      params: uploadParams,
      response: { 200: upload, ...errorAnswers },
    },
    handler: async (request, reply) => {
      const { accountId } = callerOf(request);
      reply.header('cache-control', 'private, no-store');
      return toUploadAnswer(await context.uploads.find(accountId, request.params.upload_id));
    },
  });
};
