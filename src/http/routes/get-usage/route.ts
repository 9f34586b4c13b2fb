/** `GET /v1/usage`: what the account was charged, from the ledger, in groups and as a sum. */

import { formatDollars } from '../../../billing/money.ts';
import { AppError } from '../../../kernel/errors.ts';
import { callerOf, requireCaller } from '../../auth.ts';
import type { AddRoute } from '../../context.ts';
import { errorAnswers, needsKey } from '../answers.ts';
import { getUsageQuery, usage } from './schema.ts';

const MS_PER_SECOND = 1000;
const MS_PER_DAY = 24 * 3600 * MS_PER_SECOND;
const SPAN_DAYS_DEFAULT = 30;
const SPAN_DAYS_MAX = 366;

export const addGetUsageRoute: AddRoute = (app, context) => {
  app.route({
    method: 'GET',
    url: '/v1/usage',
    onRequest: requireCaller(context),
    schema: {
      operationId: 'getUsage',
      summary: 'Sum up charges',
      description: 'Counts each charge at the moment it was settled, in days of UTC.',
      tags: ['account'],
      security: needsKey,
      querystring: getUsageQuery,
      response: { 200: usage, ...errorAnswers },
    },
    handler: async (request, reply) => {
      const toMs = request.query.to ?? context.clock.now();
      const fromMs = request.query.from ?? toMs - SPAN_DAYS_DEFAULT * MS_PER_DAY;
      checkSpan(fromMs, toMs);
      const { group_by: groupBy } = request.query;
      const rows = await context.tasks.usage(callerOf(request), { fromMs, toMs, groupBy });
      reply.header('cache-control', 'private, no-store');
      return {
        object: 'usage' as const,
        from: Math.floor(fromMs / MS_PER_SECOND),
        to: Math.floor(toMs / MS_PER_SECOND),
        currency: 'USD' as const,
        group_by: groupBy,
        data: rows.map((row) => ({ group: row.group, ...toSums([row]) })),
        total: toSums(rows),
      };
    },
  });
};

function checkSpan(fromMs: number, toMs: number): void {
  if (fromMs <= toMs && toMs - fromMs <= SPAN_DAYS_MAX * MS_PER_DAY) return;
  const reason = `"from" must be before "to", and at most ${SPAN_DAYS_MAX} days before it.`;
  throw new AppError('invalid_request', { reason }, { param: 'from' });
}

type Sums = { videos: number; billableMs: number; chargedNanos: bigint };

function toSums(rows: readonly Sums[]) {
  return {
    videos: rows.reduce((sum, { videos }) => sum + videos, 0),
    billable_seconds: rows.reduce((sum, { billableMs }) => sum + billableMs, 0) / MS_PER_SECOND,
    charged_usd: formatDollars(rows.reduce((sum, { chargedNanos }) => sum + chargedNanos, 0n)),
  };
}
