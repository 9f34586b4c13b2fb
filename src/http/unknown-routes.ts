/**
 * Explains a request that no route answers: a doubled prefix, a wrong method, or a path that does
 * not exist.
 */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../kernel/errors.ts';
import { sendError } from './error-answer.ts';

const DOUBLED_PREFIX = /^(\/v1)+(?=\/v1\/)/;

/** Call before any route is added: it watches them being added. */
export function explainUnknownRoutes(app: FastifyInstance): void {
  const routes: { methods: string[]; pattern: RegExp }[] = [];

  app.addHook('onRoute', ({ method, url }) => {
    const methods = typeof method === 'string' ? [method] : [...method];
    const pattern = new RegExp(`^${url.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}/?$`);
    if (!url.includes('*')) routes.push({ methods, pattern });
  });

  function findProblem(request: FastifyRequest, reply: FastifyReply): AppError {
    const path = request.url.split('?')[0] ?? '/';
    const { method } = request;
    if (DOUBLED_PREFIX.test(path)) {
      const corrected = path.replace(DOUBLED_PREFIX, '');
      return new AppError('doubled_prefix', { path, corrected });
    }
    const allowed = routes
      .filter(({ pattern }) => pattern.test(path))
      .flatMap(({ methods }) => methods);
    if (allowed.length === 0) return new AppError('route_not_found', { method, path });
    reply.header('allow', [...new Set(allowed)].join(', '));
    return new AppError('method_not_allowed', { method, path });
  }

  app.setNotFoundHandler((request, reply) =>
    sendError(request, reply, findProblem(request, reply)),
  );
}
