/** What the usage of an account is asked and answered with. */

import { z } from 'zod';

const SECONDS = /^\d{1,11}$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Seconds since 1970, or a day of UTC, which stands for its first moment. */
const moment = z
  .string()
  .transform((text) => {
    if (SECONDS.test(text)) return Number(text) * 1000;
    return DATE.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  })
  .refine((timeMs) => !Number.isNaN(timeMs), {
    error: 'must be a date such as 2026-01-31, or seconds since 1970',
  })
  .optional();

export const getUsageQuery = z.strictObject({
  from: moment.meta({
    description: 'A date (UTC) such as 2026-01-31, or seconds since 1970; 30 days before `to`.',
  }),
  to: moment.meta({ description: 'The first moment after the span; now by default.' }),
  group_by: z.enum(['day', 'mode', 'key']).default('day'),
});

const sums = {
  videos: z.int().describe('Videos that were charged.'),
  billable_seconds: z.number(),
  charged_usd: z.string(),
};

export const usage = z
  .object({
    object: z.literal('usage'),
    from: z.int().describe('Seconds since 1970.'),
    to: z.int(),
    currency: z.literal('USD'),
    group_by: z.enum(['day', 'mode', 'key']),
    data: z.array(
      z.object({
        group: z.string().describe('A day (UTC) such as 2026-01-31, a mode, or the id of a key.'),
        ...sums,
      }),
    ),
    total: z.object(sums),
  })
  .meta({ id: 'Usage' });
