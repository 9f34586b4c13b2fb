/** Finds out who asks, before anything of the request's body is read. */

import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import type { Caller } from '../accounts/accounts.ts';
import { AppError } from '../kernel/errors.ts';
import type { HttpContext } from './context.ts';

/** Name under which a request carries who asks. */
export const CALLER = 'caller';

const BEARER = /^Bearer +(\S+)$/i;

/** A hook that answers 401 unless the request carries a key that is good now. */
export function requireCaller({ accounts }: HttpContext): onRequestAsyncHookHandler {
  return async (request) => {
    request.setDecorator(CALLER, await findCaller(request, accounts));
  };
}

export async function findCaller(
  request: FastifyRequest,
  accounts: HttpContext['accounts'],
): Promise<Caller> {
  const caller = await accounts.findCallerByKey(readBearer(request));
  if (caller === null) throw refuse('The API key is not valid or was revoked.');
  return caller;
}

/** Null on a route that asks for no key. */
export function findKnownCaller(request: FastifyRequest): Caller | null {
  return request.getDecorator<Caller | null>(CALLER);
}

/** The caller of a route behind `requireCaller`. */
export function callerOf(request: FastifyRequest): Caller {
  const caller = request.getDecorator<Caller | null>(CALLER);
  if (caller === null) throw new Error('broken promise: the route asks for no key');
  return caller;
}

/**
 * A hook that lets only the operator through: with the admin key, or with a key whose role is
 * admin.
 */
export function requireAdmin({ adminKeys, accounts }: HttpContext): onRequestAsyncHookHandler {
  return async (request) => {
    const given = readBearer(request);
    if (adminKeys.some((key) => isSameSecret(key, given))) return;
    const caller = await findCaller(request, accounts);
    if (caller.role === 'admin') return;
    throw new AppError('forbidden', { reason: 'The admin endpoints need the admin key.' });
  };
}

/** A hook that lets those through who hold one of the keys, which belong to no account. */
export function requireOneOf(keys: readonly string[]): onRequestAsyncHookHandler {
  return async (request) => {
    const given = readBearer(request);
    if (!keys.some((key) => isSameSecret(key, given))) throw refuse('This key does not open it.');
  };
}

function readBearer(request: FastifyRequest): string {
  const header = request.headers.authorization;
  if (header === undefined) throw refuse('No API key was sent.');
  const key = BEARER.exec(header)?.[1];
  if (key === undefined) {
    throw refuse('The Authorization header must be "Bearer" and a key.');
  }
  return key;
}

/** Hashed first, so that neither the content nor the length shows in the time it takes. */
function isSameSecret(expected: string, given: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(expected), hash(given));
}

function refuse(reason: string): AppError {
  return new AppError('invalid_api_key', { reason });
}
