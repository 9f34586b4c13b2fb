/** `GET /v1/videos`: the tasks of the account, newest first, or those with the given ids. */

import { callerOf, requireCaller } from '../../auth.ts';
import type { AddRoute } from '../../context.ts';
import { errorAnswers, needsKey } from '../answers.ts';
import { listVideosQuery, videoList } from './schema.ts';

export const addListVideosRoute: AddRoute = (app, context) => {
  app.route({
    method: 'GET',
    url: '/v1/videos',
    onRequest: requireCaller(context),
    schema: {
      operationId: 'listVideos',
      summary: 'List tasks, or follow many at once',
      tags: ['videos'],
      security: needsKey,
      querystring: listVideosQuery,
      response: { 200: videoList, ...errorAnswers },
    },
    handler: async (request, reply) => {
      const caller = callerOf(request);
      const { ids, limit, after = null, status = null } = request.query;
      const { tasks, hasMore } = ids
        ? { tasks: await context.tasks.listByIds(caller, ids), hasMore: false }
        : await context.tasks.list(caller, { limit, after, status });
      reply.header('cache-control', 'private, no-store');
      return {
        object: 'list' as const,
        data: tasks,
        has_more: hasMore,
        first_id: tasks.at(0)?.id ?? null,
        last_id: tasks.at(-1)?.id ?? null,
      };
    },
  });
};
