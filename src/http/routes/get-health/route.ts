/**
 * `GET /healthz`: the process runs. It asks nobody else, so that a slow database never gets a
 * healthy process killed.
 */

import { z } from 'zod';
import type { AddRoute } from '../../context.ts';

const health = z.object({ status: z.literal('ok'), version: z.string() }).meta({ id: 'Health' });

export const addGetHealthRoute: AddRoute = (app, { version }) => {
  app.route({
    method: 'GET',
    url: '/healthz',
    schema: {
      operationId: 'getHealth',
      summary: 'Is the process alive?',
      tags: ['service'],
      response: { 200: health },
    },
    handler: async () => ({ status: 'ok' as const, version }),
  });
};
