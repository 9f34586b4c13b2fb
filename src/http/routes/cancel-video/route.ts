/** `POST /v1/videos/{task_id}/cancel`: ends a task wherever it is, and gives its hold back. */

import { callerOf, requireCaller } from '../../auth.ts';
import type { AddRoute } from '../../context.ts';
import { errorAnswers, needsKey, taskParams } from '../answers.ts';
import { video } from '../get-video/schema.ts';

export const addCancelVideoRoute: AddRoute = (app, context) => {
  app.route({
    method: 'POST',
    url: '/v1/videos/:task_id/cancel',
    onRequest: requireCaller(context),
    schema: {
      operationId: 'cancelVideo',
      summary: 'Cancel a task',
      description:
        'Possible at any moment before the end: nothing is charged, and the whole hold is given ' +
        'back. A task that is cancelled already is answered as it is; one that has completed or ' +
        'failed is a conflict.',
      tags: ['videos'],
      security: needsKey,
      params: taskParams,
      response: { 200: video, ...errorAnswers },
    },
    handler: async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return await context.tasks.cancel(callerOf(request), request.params.task_id);
    },
  });
};
