/** `GET /v1/balance`: what the account may still spend, and what is held for tasks under way. */

import { z } from 'zod';
import { formatDollars } from '../../../billing/money.ts';
import { callerOf, requireCaller } from '../../auth.ts';
import type { AddRoute } from '../../context.ts';
import { errorAnswers, needsKey } from '../answers.ts';

const balance = z
  .object({
    object: z.literal('balance'),
    account_id: z.string(),
    currency: z.literal('USD'),
    available_usd: z.string(),
    held_usd: z.string(),
  })
  .meta({ id: 'Balance' });

export const addGetBalanceRoute: AddRoute = (app, context) => {
  app.route({
    method: 'GET',
    url: '/v1/balance',
    onRequest: requireCaller(context),
    schema: {
      operationId: 'getBalance',
      summary: 'Read the balance',
      tags: ['account'],
      security: needsKey,
      response: { 200: balance, ...errorAnswers },
    },
    handler: async (request, reply) => {
      const { accountId } = callerOf(request);
      const { availableNanos, heldNanos } = await context.billing.balanceOf(accountId);
      reply.header('cache-control', 'private, no-store');
      return {
        object: 'balance' as const,
        account_id: accountId,
        currency: 'USD' as const,
        available_usd: formatDollars(availableNanos),
        held_usd: formatDollars(heldNanos),
      };
    },
  });
};
