/** `GET /readyz`: whether tasks can be taken now; 503 with the reason when not. */

import { z } from 'zod';
import { AppError } from '../../../kernel/errors.ts';
import type { AddRoute } from '../../context.ts';
import { errorAnswers } from '../answers.ts';

const readiness = z.object({ status: z.literal('ready') }).meta({ id: 'Readiness' });

export const addGetReadyRoute: AddRoute = (app, { findObstacle }) => {
  app.route({
    method: 'GET',
    url: '/readyz',
    schema: {
      operationId: 'getReadiness',
      summary: 'Can tasks be taken?',
      tags: ['service'],
      response: { 200: readiness, ...errorAnswers },
    },
    handler: async () => {
      const reason = await findObstacle();
      if (reason !== null) throw new AppError('not_ready', { reason });
      return { status: 'ready' as const };
    },
  });
};
