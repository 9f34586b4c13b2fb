/** The receipt as the document describes it. */

import { z } from 'zod';

export const receipt = z
  .object({
    object: z.literal('receipt'),
    task_id: z.string(),
    status: z.string(),
    currency: z.literal('USD'),
    price: z.object({
      mode: z.string(),
      rate_nanos_per_ms: z.number(),
      rate_usd_per_second: z.string(),
    }),
    probe: z
      .object({
        duration_ms: z.number(),
        width: z.number(),
        height: z.number(),
        fps: z.number().nullable(),
        video_codec: z.string().nullable(),
        size_bytes: z.number(),
        sha256: z.string(),
      })
      .nullable(),
    rounding: z
      .object({
        rule: z.string(),
        reference_ms: z.number(),
        min_ms: z.number(),
        max_ms: z.number(),
        billable_ms: z.number(),
        billable_seconds: z.number(),
        sentence: z.string(),
      })
      .nullable(),
    lines: z.array(
      z.object({
        transfer_id: z.string(),
        kind: z.string(),
        book: z.string(),
        amount_nanos: z.string(),
        amount_usd: z.string(),
        created_at: z.number(),
      }),
    ),
    sums: z.object({
      held_usd: z.string(),
      charged_usd: z.string(),
      released_usd: z.string(),
      all_lines_usd: z.string(),
      sums_to_zero: z.boolean(),
    }),
    is_final: z.boolean(),
  })
  .meta({ id: 'Receipt', description: 'Everything needed to check a charge by hand.' });
