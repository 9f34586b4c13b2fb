/** Headers that keep a browser from doing more with an answer than it should. */

import type { FastifyInstance } from 'fastify';

const ONE_YEAR = 'max-age=31536000';

/**
 * JSON and video need nothing; the reference page brings its own script and styles from this
 * server.
 */
const POLICY_PLAIN = "default-src 'none'; frame-ancestors 'none'";
const POLICY_PAGE = [
  "default-src 'none'",
  "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

export function addSecurityHeaders(app: FastifyInstance, { isHttps }: { isHttps: boolean }): void {
  app.addHook('onRequest', async (request, reply) => {
    const isPage = request.url === '/docs' || request.url.startsWith('/docs/');
    reply.headers({
      'x-request-id': request.id,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'content-security-policy': isPage ? POLICY_PAGE : POLICY_PLAIN,
    });
    if (isHttps) reply.header('strict-transport-security', ONE_YEAR);
  });
}
