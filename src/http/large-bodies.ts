/**
 * Bodies that carry a picture are read into memory whole, so only a few of them are read at a time;
 * the others are asked to come again.
 */

import type { onRequestAsyncHookHandler } from 'fastify';
import { AppError } from '../kernel/errors.ts';
import type { HttpContext } from './context.ts';
import { BASE64_GROWTH } from './inline-picture.ts';

/** Larger ones, of one process; each takes a few times its size while it is read. */
const LARGE_BODIES_MAX = 8;

/** The largest body of a route that takes a picture inside it, in bytes. */
export function pictureBodyBytes({ limits }: HttpContext): number {
  return limits.bodyBytesMax + Math.ceil(limits.imageBytesMax * BASE64_GROWTH);
}

/** One gate for all routes that share it. Throws `not_ready`. */
export function createLargeBodyGate({ limits }: HttpContext): onRequestAsyncHookHandler {
  let underWay = 0;
  return async (request, reply) => {
    const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
    const isLarge = encoding !== undefined || Number(length ?? 0) > limits.bodyBytesMax;
    if (!isLarge) return;
    if (underWay >= LARGE_BODIES_MAX) {
      throw new AppError('not_ready', { reason: 'too many requests with pictures inside' });
    }
    underWay += 1;
    reply.raw.once('close', () => {
      underWay -= 1;
    });
  };
}
