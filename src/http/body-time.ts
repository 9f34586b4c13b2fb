/**
 * Requests whose bodies are read whole must come soon; only routes that stream have longer, and a
 * pace of their own. A refused body is not read for ever either.
 */

import { PassThrough, type Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../kernel/errors.ts';
import type { HttpApp } from './context.ts';
import { findStreamedBody } from './streamed-bodies.ts';

/** Longest time for a body that is read whole. */
const BODY_MS_MAX = 30_000;

/** How long a client that still sends may read the answer that came early. */
const LINGER_MS = 2_000;

/** Call before any route is added. */
export function boundBodies(app: HttpApp): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.raw.once('finish', () => endLingering(request));
  });
  app.addHook('preParsing', async (request, reply, payload) => {
    const isStreamed = findStreamedBody(request.method, request.routeOptions.url) !== null;
    if (isStreamed || !hasBody(request)) return payload;
    const bound = boundTime(payload, BODY_MS_MAX);
    reply.raw.once('finish', () => bound.destroy());
    return bound;
  });
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** The same bytes, or `body_too_slow` when their end does not come in time. */
export function boundTime(payload: NodeJS.ReadableStream, msMax: number): Readable {
  const out = new PassThrough();
  const timer = setTimeout(() => {
    const seconds = msMax / 1000;
    const values = {
      seen: `it was not there after ${seconds} s`,
      limit: `${seconds} s are enough`,
    };
    out.destroy(new AppError('body_too_slow', values));
  }, msMax);
  out.once('close', () => clearTimeout(timer));
  out.once('end', () => clearTimeout(timer));
  // A body that no parser wants has nobody else to hear of its errors.
  out.on('error', () => {});
  payload.once('error', (error) => out.destroy(error));
  return payload.pipe(out);
}

/** Closing at once would reset the connection, and the client would never see the answer. */
function endLingering({ raw }: FastifyRequest): void {
  if (raw.complete) return;
  const timer = setTimeout(() => raw.destroy(), LINGER_MS);
  timer.unref();
  raw.once('close', () => clearTimeout(timer));
}
