/** `GET /v1/videos/{task_id}`: the task as it is now, or as soon as it changes. */

import { z } from 'zod';
import type { ViewedTask } from '../../../tasks/tasks.ts';
import type { TaskStatus } from '../../../tasks/view-types.ts';
import { callerOf, requireCaller } from '../../auth.ts';
import type { AddRoute } from '../../context.ts';
import { matchesTag } from '../../range.ts';
import { errorAnswers, needsKey, taskParams } from '../answers.ts';
import { getVideoQuery, video } from './schema.ts';

const RETRY_AFTER_SECONDS = 2;
const MILLISECONDS_PER_SECOND = 1000;
const RUNNING: readonly TaskStatus[] = ['queued', 'in_progress'];

export const addGetVideoRoute: AddRoute = (app, { tasks, ...context }) => {
  app.route({
    method: 'GET',
    url: '/v1/videos/:task_id',
    onRequest: requireCaller({ tasks, ...context }),
    schema: {
      operationId: 'getVideo',
      summary: 'Follow a task',
      tags: ['videos'],
      security: needsKey,
      params: taskParams,
      querystring: getVideoQuery,
      response: { 200: video, 304: z.undefined().describe('Nothing changed.'), ...errorAnswers },
    },
    handler: async (request, reply) => {
      const caller = callerOf(request);
      const { task_id: taskId } = request.params;
      const waitMs = (request.query.wait ?? 0) * MILLISECONDS_PER_SECOND;
      const knownTag = request.headers['if-none-match'];

      let viewed = await tasks.view(caller, taskId);
      const isNews = knownTag !== undefined && !matchesTag(knownTag, tagOf(viewed));
      if (waitMs > 0 && isRunning(viewed) && !isNews) {
        await tasks.waitForChange(taskId, viewed.version, waitMs);
        viewed = await tasks.view(caller, taskId);
      }

      reply.headers({ etag: tagOf(viewed), 'cache-control': 'private, no-cache' });
      if (isRunning(viewed)) reply.header('retry-after', String(RETRY_AFTER_SECONDS));
      if (matchesTag(knownTag, tagOf(viewed))) return reply.code(304).send();
      return viewed.task;
    },
  });
};

/** Weak: the same version may carry an address that was signed a little later. */
function tagOf({ task, version, urlEpoch }: ViewedTask): string {
  return `W/"${task.id}-${version}-${urlEpoch}"`;
}

function isRunning({ task }: ViewedTask): boolean {
  return RUNNING.includes(task.status);
}
