/** `GET /v1/videos/{task_id}/receipt`: everything needed to check a charge by hand. */

import { callerOf, requireCaller } from '../../auth.ts';
import type { AddRoute } from '../../context.ts';
import { errorAnswers, needsKey, taskParams } from '../answers.ts';
import { receipt } from './schema.ts';

export const addGetReceiptRoute: AddRoute = (app, context) => {
  app.route({
    method: 'GET',
    url: '/v1/videos/:task_id/receipt',
    onRequest: requireCaller(context),
    schema: {
      operationId: 'getReceipt',
      summary: 'Check a charge',
      tags: ['account'],
      security: needsKey,
      params: taskParams,
      response: { 200: receipt, ...errorAnswers },
    },
    handler: async (request, reply) => {
      reply.header('cache-control', 'private, no-cache');
      return await context.tasks.receipt(callerOf(request), request.params.task_id);
    },
  });
};
