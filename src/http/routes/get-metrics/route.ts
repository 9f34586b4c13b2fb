/** `GET /metrics`: the figures of this process for Prometheus, and of nobody's account. */

import { z } from 'zod';
import { requireOneOf } from '../../auth.ts';
import type { AddRoute } from '../../context.ts';
import { errorAnswers } from '../answers.ts';

const page = {
  description: 'The text format of Prometheus 0.0.4.',
  content: { 'text/plain': { schema: z.string() } },
};

export const addGetMetricsRoute: AddRoute = (app, { metrics }) => {
  if (!metrics) return;
  app.route({
    method: 'GET',
    url: '/metrics',
    onRequest: metrics.keys ? [requireOneOf(metrics.keys)] : [],
    schema: {
      operationId: 'getMetrics',
      summary: 'Figures for Prometheus',
      tags: ['service'],
      security: [{ metricsKey: [] }, {}],
      response: { 200: page, ...errorAnswers },
    },
    handler: async (_request, reply) => {
      const { text, contentType } = await metrics.read();
      reply.header('cache-control', 'no-store').type(contentType);
      return reply.serializer((body: string) => body).send(text);
    },
  });
};
