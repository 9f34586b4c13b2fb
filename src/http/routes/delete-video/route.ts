/** `DELETE /v1/videos/{task_id}`: removes the media and hides the task; its receipt stays. */

import { z } from 'zod';
import { callerOf, requireCaller } from '../../auth.ts';
import type { AddRoute } from '../../context.ts';
import { errorAnswers, needsKey, taskParams } from '../answers.ts';

const deleted = z
  .object({ id: z.string(), object: z.literal('video.deleted'), deleted: z.literal(true) })
  .meta({ id: 'VideoDeleted' });

export const addDeleteVideoRoute: AddRoute = (app, context) => {
  app.route({
    method: 'DELETE',
    url: '/v1/videos/:task_id',
    onRequest: requireCaller(context),
    schema: {
      operationId: 'deleteVideo',
      summary: 'Delete a video',
      description:
        'Removes the video and the copies of its inputs for good. The task is no longer found or ' +
        'listed; what was charged stays charged, and the receipt can still be read. A task that ' +
        'is under way is a conflict: cancel it first.',
      tags: ['videos'],
      security: needsKey,
      params: taskParams,
      response: { 200: deleted, ...errorAnswers },
    },
    handler: async (request, reply) => {
      const { task_id: id } = request.params;
      await context.tasks.delete(callerOf(request), id);
      reply.header('cache-control', 'no-store');
      return { id, object: 'video.deleted' as const, deleted: true as const };
    },
  });
};
