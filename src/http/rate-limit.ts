/**
 * Each key has two buckets of requests, one for changes and one for reads, which refill steadily
 * (a token bucket); a request that finds its bucket empty is refused before its body is read.
 */

import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import { findKnownCaller } from './auth.ts';
import type { HttpApp } from './context.ts';

/** 0 a second sets no limit. */
export type RateLimit = { perSecond: number; burst: number };
export type RateLimits = { writes: RateLimit; reads: RateLimit };

export type Taken = {
  isAllowed: boolean;
  /** Requests that are left at once. */
  remaining: number;
  /** Until one more is allowed, and until the bucket is full, in seconds, rounded up. */
  retryAfterSeconds: number;
  resetSeconds: number;
};

type Bucket = { tokens: number; atMs: number };

/** Full buckets are forgotten when there are more than this. */
const BUCKETS_MAX = 10_000;
const MILLISECONDS_PER_SECOND = 1_000;
const READ_METHODS = ['GET', 'HEAD', 'OPTIONS'];

/** In this process alone: behind a balancer each process allows so much. */
export function createBuckets({ perSecond, burst }: RateLimit, clock: Clock) {
  const buckets = new Map<string, Bucket>();
  // A clock that is set back takes nothing out of a bucket.
  const fill = ({ tokens, atMs }: Bucket, nowMs: number) =>
    Math.min(burst, tokens + (Math.max(0, nowMs - atMs) / MILLISECONDS_PER_SECOND) * perSecond);

  return {
    size: () => buckets.size,
    take(key: string): Taken {
      const nowMs = clock.now();
      const known = buckets.get(key);
      const tokens = known ? fill(known, nowMs) : burst;
      const isAllowed = tokens >= 1;
      const left = isAllowed ? tokens - 1 : tokens;
      buckets.set(key, { tokens: left, atMs: nowMs });
      if (buckets.size > BUCKETS_MAX) {
        for (const [other, bucket] of buckets) {
          if (fill(bucket, nowMs) >= burst) buckets.delete(other);
        }
      }
      return {
        isAllowed,
        remaining: Math.floor(left),
        retryAfterSeconds: Math.ceil(Math.max(0, 1 - left) / perSecond),
        resetSeconds: Math.ceil((burst - left) / perSecond),
      };
    },
  };
}

/** Requests without a key are not counted: they are refused before they cost anything. */
export function limitRates(app: HttpApp, limits: RateLimits, clock: Clock): void {
  const reads = createBuckets(limits.reads, clock);
  const writes = createBuckets(limits.writes, clock);
  // After the hooks that find the caller, and before the body is read.
  app.addHook('preParsing', async (request, reply) => {
    const caller = findKnownCaller(request);
    if (caller === null) return;
    const isRead = READ_METHODS.includes(request.method);
    const limit = isRead ? limits.reads : limits.writes;
    if (limit.perSecond === 0) return;
    const taken = (isRead ? reads : writes).take(caller.keyId);
    sayLimit(reply, limit, taken);
    if (!taken.isAllowed) refuse(request, limit, taken);
  });
}

/** The headers that clients know (draft-ietf-httpapi-ratelimit-headers-03). */
function sayLimit(reply: FastifyReply, { burst }: RateLimit, taken: Taken): void {
  reply.headers({
    'ratelimit-limit': String(burst),
    'ratelimit-remaining': String(taken.remaining),
    'ratelimit-reset': String(taken.resetSeconds),
  });
}

function refuse(request: FastifyRequest, { perSecond, burst }: RateLimit, taken: Taken): never {
  request.log.debug({ retryAfterSeconds: taken.retryAfterSeconds }, 'over the rate of its key');
  const { retryAfterSeconds } = taken;
  throw new AppError('rate_limited', { perSecond, burst, retryAfterSeconds });
}
