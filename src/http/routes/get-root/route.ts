/** `GET /`: whoever opens the address in a browser is led to the reference page. */

import type { AddRoute } from '../../context.ts';

export const addGetRootRoute: AddRoute = (app) => {
  app.route({
    method: 'GET',
    url: '/',
    schema: { hide: true },
    handler: async (_request, reply) => reply.redirect('/docs', 302),
  });
};
