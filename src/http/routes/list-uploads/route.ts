/** `GET /v1/uploads`: the uploads of the account, newest first, page by page. */

import { z } from 'zod';
import { callerOf, requireCaller } from '../../auth.ts';
import type { AddRoute } from '../../context.ts';
import { errorAnswers, needsKey } from '../answers.ts';
import { toUploadAnswer, upload } from '../upload-answer.ts';

const LIMIT_DEFAULT = 20;
const LIMIT_MAX = 100;
const ID_CHARS_MAX = 64;

const query = z.strictObject({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(LIMIT_MAX)
    .default(LIMIT_DEFAULT)
    .describe('Uploads on one page.'),
  after: z
    .string()
    .max(ID_CHARS_MAX)
    .optional()
    .describe('The last id of the page before; the page begins after it.'),
});

const uploadList = z
  .object({
    object: z.literal('list'),
    data: z.array(upload),
    has_more: z.boolean(),
  })
  .meta({ id: 'UploadList' });

export const addListUploadsRoute: AddRoute = (app, context) => {
  app.route({
    method: 'GET',
    url: '/v1/uploads',
    onRequest: requireCaller(context),
    schema: {
      operationId: 'listUploads',
      summary: 'List uploads',
      tags: ['uploads'],
      security: needsKey,
      querystring: query,
      response: { 200: uploadList, ...errorAnswers },
    },
    handler: async (request, reply) => {
      const { limit, after = null } = request.query;
      const { accountId } = callerOf(request);
      const { uploads, hasMore } = await context.uploads.list(accountId, { limit, after });
      reply.header('cache-control', 'private, no-store');
      return { object: 'list' as const, data: uploads.map(toUploadAnswer), has_more: hasMore };
    },
  });
};
