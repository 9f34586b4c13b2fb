/** Every failure leaves as the same JSON, made from the error catalogue and nothing else. */

import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AppError, type ErrorCode, type ErrorValues, isAppError } from '../kernel/errors.ts';
import { isOutage } from '../kernel/outage.ts';

/**
 * Both families of clients are served: those that read `error`, and those that read the top level.
 */
export const errorAnswer = z
  .object({
    error: z.object({
      message: z.string(),
      type: z.string(),
      code: z.string(),
      param: z.string().nullable(),
      request_id: z.string(),
      hint: z.string(),
      needed: z.string().optional(),
      available: z.string().optional(),
    }),
    code: z.string(),
    message: z.string(),
    data: z.null(),
  })
  .meta({ id: 'Error', description: 'Every refusal and every failure has this form.' });

export type ErrorAnswer = z.output<typeof errorAnswer>;

/** Of a path that is too long this much is repeated. */
const PATH_CHARS_SHOWN = 60;

/** Numbers of an error that a client may want without reading the sentence. */
const PUBLIC_VALUES: Partial<Record<ErrorCode, readonly ('needed' | 'available')[]>> = {
  insufficient_balance: ['needed', 'available'],
};

export function toErrorAnswer(error: AppError, requestId: string): ErrorAnswer {
  const { code, message, param } = error;
  const values = (PUBLIC_VALUES[code] ?? []).map((name) => [name, String(error.values[name])]);
  return {
    error: {
      message,
      type: error.entry.type,
      code,
      param,
      request_id: requestId,
      hint: error.hint,
      ...Object.fromEntries(values),
    },
    code,
    message,
    data: null,
  };
}

/** Answers with the error and the headers that belong to its status. */
export function sendError(request: FastifyRequest, reply: FastifyReply, error: AppError) {
  const { status } = error.entry;
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="understudy"');
  const { retryAfterSeconds } = error.values;
  if (status === 503) reply.header('retry-after', String(retryAfterSeconds ?? 2));
  if (status === 429) reply.header('retry-after', String(retryAfterSeconds ?? 5));
  reply.header('cache-control', 'no-store');
  reply.removeHeader('content-length');
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(toErrorAnswer(error, request.id)));
}

/** For the sentence of a refusal; an empty header is none. */
export function describeContentType(header: string | undefined): string {
  return header ? `the Content-Type "${header}"` : 'no Content-Type';
}

/**
 * What the framework itself refuses, in our words; anything unknown is our own fault and says
 * nothing.
 */
export function toAppError(
  error: FastifyError,
  request: FastifyRequest,
  limits: { bodyBytesMax: number },
): AppError {
  if (isAppError(error)) return error;
  const make = (code: ErrorCode, values: ErrorValues = {}) =>
    new AppError(code, values, { cause: error });
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return make('body_too_large', {
        limitBytes: request.routeOptions.bodyLimit ?? limits.bodyBytesMax,
      });
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return make('unsupported_content_type', {
        seen: describeContentType(request.headers['content-type']),
        wanted: 'application/json',
      });
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return make('invalid_json');
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return make('invalid_request', {
        reason: 'The body is not as long as its Content-Length says.',
      });
    case 'FST_ERR_MAX_PARAM_LENGTH': {
      const path = request.url.split('?')[0] ?? '/';
      const shown = path.length > PATH_CHARS_SHOWN ? `${path.slice(0, PATH_CHARS_SHOWN)}…` : path;
      return make('route_not_found', { method: request.method, path: shown });
    }
    case 'FST_ERR_BAD_URL':
      return make('invalid_request', { reason: 'The path is not a valid URL path.' });
    default:
      if (error instanceof SyntaxError && error.statusCode === 400) return make('invalid_json');
      return isOutage(error)
        ? make('not_ready', {
            reason: 'something it depends on does not answer in time or is full',
          })
        : make('internal');
  }
}
