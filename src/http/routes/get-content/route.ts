/**
 * `GET` and `HEAD /v1/videos/{task_id}/content`: streams the result from our own copy, whole or one
 * range of it, to the holder of the key or of a signed address.
 */

import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Caller } from '../../../accounts/accounts.ts';
import { AppError } from '../../../kernel/errors.ts';
import type { TaskContent } from '../../../tasks/tasks.ts';
import { findCaller } from '../../auth.ts';
import type { AddRoute, HttpContext } from '../../context.ts';
import { matchesTag, readRange } from '../../range.ts';
import { errorAnswers, needsKey, sendStream, taskParams } from '../answers.ts';

const MILLISECONDS_PER_SECOND = 1000;
/** Long enough for a player that asks for ranges as it goes. */
const REDIRECT_MS_MAX = 5 * 60_000;

const signature = z.strictObject({
  exp: z.string().optional().describe('Seconds since 1970 when the address stops working.'),
  sig: z.string().optional().describe('Signature of the address.'),
});

const file = { content: { 'video/mp4': { schema: z.string().meta({ format: 'binary' }) } } };

export const addGetContentRoute: AddRoute = (app, context) => {
  const url = '/v1/videos/:task_id/content';
  const checked = { params: taskParams, querystring: signature };

  app.route({
    method: 'GET',
    url,
    // The route below answers HEAD without opening the file.
    exposeHeadRoute: false,
    schema: {
      operationId: 'getContent',
      summary: 'Download the video',
      description: 'With the bearer key, or with the signed address of the task and no key.',
      tags: ['videos'],
      security: [...needsKey, {}],
      ...checked,
      response: {
        200: { description: 'The whole video.', ...file },
        206: { description: 'The range that was asked for.', ...file },
        302: z
          .undefined()
          .describe(
            'The store itself hands out the video, at an address that is good for minutes.',
          ),
        304: z.undefined().describe('The copy at hand is the same.'),
        ...errorAnswers,
      },
    },
    handler: async (request, reply) => {
      const content = await findContent(request, context);
      if (context.signContent) {
        return reply
          .header('cache-control', 'private, no-store')
          .redirect(await signElsewhere(context.signContent, content, request.params.task_id), 302);
      }
      const part = describePart(request, reply, content);
      if (part === 'unchanged') return reply.code(304).send();
      const stream = await context.storage.open(content.storageKey, part ?? undefined);
      return sendStream(reply, stream);
    },
  });

  app.route({
    method: 'HEAD',
    url,
    schema: { hide: true, ...checked },
    handler: async (request, reply) => {
      const content = await findContent(request, context);
      const part = describePart(request, reply, content);
      return reply.code(part === 'unchanged' ? 304 : reply.statusCode).send();
    },
  });
};

/** Who may have the video has been decided before; the address is for that one download. */
function signElsewhere(
  signContent: NonNullable<HttpContext['signContent']>,
  { storageKey, contentType }: TaskContent,
  taskId: string,
): Promise<string> {
  const fileName = `${taskId}.mp4`;
  return signContent(storageKey, { lifetimeMs: REDIRECT_MS_MAX, contentType, fileName });
}

type ContentRequest = FastifyRequest<{
  Params: z.output<typeof taskParams>;
  Querystring: z.output<typeof signature>;
}>;

async function findContent(request: ContentRequest, context: HttpContext): Promise<TaskContent> {
  const { task_id: taskId } = request.params;
  const { exp, sig } = request.query;
  const isSigned = exp !== undefined || sig !== undefined;
  const caller: Caller | null = isSigned ? null : await findCaller(request, context.accounts);
  if (isSigned) checkSignature(context, taskId, exp ?? '', sig ?? '');
  return await context.tasks.content(caller, taskId);
}

function checkSignature({ signer }: HttpContext, taskId: string, exp: string, sig: string): void {
  const state = signer.check(taskId, exp, sig);
  if (state === 'invalid') {
    throw new AppError('forbidden', { reason: 'The signature of this download address is wrong.' });
  }
  if (state === 'expired') {
    const expiredAt = new Date(Number(exp) * MILLISECONDS_PER_SECOND).toISOString();
    throw new AppError('signature_expired', { expiredAt });
  }
}

/** Sets status and headers; says which bytes to send, where null means all of them. */
function describePart(
  request: ContentRequest,
  reply: FastifyReply,
  content: TaskContent,
): { start: number; end: number } | 'unchanged' | null {
  const { sizeBytes, etag } = content;
  reply.headers({
    etag,
    'accept-ranges': 'bytes',
    'cache-control': 'private, max-age=3600',
    // Opened by itself, the address becomes a page around the video, which must be allowed to load
    // it.
    'content-security-policy': "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'",
    // A page of another origin may play the video: its address is the permission.
    'cross-origin-resource-policy': 'cross-origin',
  });
  if (matchesTag(request.headers['if-none-match'], etag)) return 'unchanged';

  const range = readRange(pickRangeHeader(request, etag), sizeBytes);
  if (range.kind === 'unsatisfiable') {
    reply.header('content-range', `bytes */${sizeBytes}`);
    const seen = request.headers.range ?? '';
    throw new AppError('range_not_satisfiable', { seen, sizeBytes });
  }
  reply.headers({
    'content-type': content.contentType,
    'content-disposition': `inline; filename="${request.params.task_id}.mp4"`,
  });
  if (range.kind === 'whole') {
    reply.code(200).header('content-length', sizeBytes);
    return null;
  }
  reply.code(206).headers({
    'content-range': `bytes ${range.start}-${range.end}/${sizeBytes}`,
    'content-length': range.end - range.start + 1,
  });
  return range;
}

/**
 * A client with an older copy (If-Range) gets the whole video instead of a part that would not fit.
 */
function pickRangeHeader(request: FastifyRequest, etag: string): string | undefined {
  const condition = request.headers['if-range'];
  return condition === undefined || condition === etag ? request.headers.range : undefined;
}
