/**
 * One line of the log and one count for every request, however it ends. Routes are named by their
 * patterns: paths and queries may carry signatures.
 */

import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../accounts/accounts.ts';
import { CALLER } from './auth.ts';
import type { HttpApp, HttpContext } from './context.ts';

/** Name under which a request carries the task that it made. */
const TASK = 'taskId';

/** What a client may call its own request; anything else gets a name from us. */
const REQUEST_ID = /^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$/;

/** As proxies name a request whose client has gone before the answer. */
const CLIENT_GONE = 499;

/** Asked every few seconds by machines; nobody wants to read about that. */
const QUIET_ROUTES: readonly string[] = ['/healthz', '/readyz', '/metrics'];

/** The client's own id of a request, or null when it is missing or not a plain word. */
export function readRequestId(header: string | string[] | undefined): string | null {
  return typeof header === 'string' && REQUEST_ID.test(header) ? header : null;
}

/** For a route whose address does not name the task. */
export function noteTask(request: FastifyRequest, taskId: string): void {
  request.setDecorator(TASK, taskId);
}

/** Call before any other hook, so that what the others take is part of the time. */
export function watchRequests(app: HttpApp, { figures }: Pick<HttpContext, 'figures'>): void {
  app.decorateRequest(TASK, null);
  app.addHook('onRequest', async (request, reply) => {
    const startedAtMs = performance.now();
    const sentBefore = countSent(request);
    let hasEnded = false;
    const end = (isWhole: boolean) => {
      if (hasEnded) return;
      hasEnded = true;
      const route = request.routeOptions.url ?? 'none';
      const status = isWhole ? reply.statusCode : CLIENT_GONE;
      const elapsedMs = performance.now() - startedAtMs;
      const sentBytes = Math.max(0, countSent(request) - sentBefore);
      figures?.requestEnded({ method: request.method, route, status, elapsedMs, sentBytes });
      logRequest(request, reply, { route, status, elapsedMs: Math.round(elapsedMs), sentBytes });
    };
    figures?.requestBegan();
    reply.raw.once('finish', () => end(true));
    reply.raw.once('close', () => end(false));
  });
}

/** Of the connection, which may have answered other requests before. */
function countSent({ raw }: FastifyRequest): number {
  return raw.socket?.bytesWritten ?? 0;
}

type Line = { route: string; status: number; elapsedMs: number; sentBytes: number };

function logRequest(request: FastifyRequest, reply: FastifyReply, line: Line): void {
  const caller = request.getDecorator<Caller | null>(CALLER);
  const { task_id: named } = (request.params ?? {}) as { task_id?: string };
  const taskId = request.getDecorator<string | null>(TASK) ?? named;
  const fields = {
    method: request.method,
    ...line,
    ...(caller === null ? {} : { accountId: caller.accountId }),
    ...(taskId === undefined ? {} : { taskId }),
  };
  if (QUIET_ROUTES.includes(line.route)) reply.log.debug(fields, 'answered');
  else reply.log.info(fields, 'answered');
}
