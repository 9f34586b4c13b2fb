/** `POST /admin/credits`: the operator puts money on an account; one reference does it once. */

import { z } from 'zod';
import { formatDollars, parseDollars } from '../../../billing/money.ts';
import { AppError } from '../../../kernel/errors.ts';
import { requireAdmin } from '../../auth.ts';
import type { AddRoute } from '../../context.ts';
import { errorAnswers, needsAdminKey } from '../answers.ts';
import { findAccountId } from '../find-account.ts';

const REFERENCE_CHARS_MAX = 128;

const creditBody = z
  .strictObject({
    account_id: z.string().optional().describe('Needed only when there are several accounts.'),
    amount_usd: z.string().describe('Dollars as a decimal string, such as "5.00".'),
    reference: z
      .string()
      .min(1)
      .max(REFERENCE_CHARS_MAX)
      .optional()
      .describe('Sending the same reference again adds nothing.'),
  })
  .meta({ id: 'CreateCredit' });

const credit = z
  .object({
    transfer_id: z.string(),
    account_id: z.string(),
    is_repeat: z.boolean(),
    available_usd: z.string(),
  })
  .meta({ id: 'Credit' });

export const addAdminCreditsRoute: AddRoute = (app, context) => {
  app.route({
    method: 'POST',
    url: '/admin/credits',
    onRequest: requireAdmin(context),
    schema: {
      operationId: 'createCredit',
      summary: 'Add credit',
      tags: ['admin'],
      security: needsAdminKey,
      body: creditBody,
      response: { 200: credit, ...errorAnswers },
    },
    handler: async ({ body }) => {
      const amountNanos = parseDollars(body.amount_usd);
      if (amountNanos <= 0n) {
        const reason = '"amount_usd" must be more than zero.';
        throw new AppError('invalid_request', { reason }, { param: 'amount_usd' });
      }
      const accountId = await findAccountId(context.accounts, body.account_id);
      // Not the request's id: a client may send one of its own, and the same one twice.
      const reference = body.reference ?? context.newId('request');
      const done = await context.billing.creditAccount(accountId, amountNanos, reference);
      const { availableNanos } = await context.billing.balanceOf(accountId);
      return {
        transfer_id: done.transferId,
        account_id: accountId,
        is_repeat: done.isRepeat,
        available_usd: formatDollars(availableNanos),
      };
    },
  });
};
