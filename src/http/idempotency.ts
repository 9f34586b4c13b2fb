/**
 * Reads the `Idempotency-Key` of a request, and makes the mark by which the same request is known.
 */

import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AppError } from '../kernel/errors.ts';
import type { Idempotency } from '../tasks/tasks.ts';

const KEY_CHARS_MAX = 255;
/** What a header can carry and a log can show. */
const KEY_PATTERN = /^[\x20-\x7e]+$/;
const HEADER = 'Idempotency-Key';

/** For the document; the check is `readIdempotency`, so that every fault is told in one way. */
export const idempotencyHeaders = z.looseObject({
  'idempotency-key': z
    .string()
    .optional()
    .describe(
      'Any text of 1 to 255 characters that you make anew for each new request. Sent again with ' +
        'the same body within 24 hours, the answer is that of the first time ' +
        '(`Idempotent-Replayed: true`), and nothing is done again.',
    ),
});

/**
 * Null when no key was sent. Throws `invalid_request` for one that cannot be a key.
 *
 * @param operation What is asked for, so that one key cannot stand for two kinds of requests.
 * @param body The checked body: defaults are filled in, so leaving one out is the same request.
 */
export function readIdempotency(
  request: FastifyRequest,
  operation: string,
  body: unknown,
): Idempotency | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key !== 'string' || key.length > KEY_CHARS_MAX || !KEY_PATTERN.test(key)) {
    const rule = `1 to ${KEY_CHARS_MAX} printable ASCII characters`;
    const reason = `"${HEADER}" must have ${rule}; this one has ${key.length}.`;
    throw new AppError('invalid_request', { reason }, { param: HEADER });
  }
  const requestSha256 = createHash('sha256')
    .update(`${operation}\n${canonize(body)}`)
    .digest('hex');
  return { key, requestSha256 };
}

export function markReplay(reply: FastifyReply, isReplay: boolean): void {
  if (isReplay) reply.header('idempotent-replayed', 'true');
}

/** JSON with the fields of every object in one order; what is undefined is as good as left out. */
function canonize(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonize).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, part]) => `${JSON.stringify(name)}:${canonize(part)}`);
  return `{${fields.join(',')}}`;
}
