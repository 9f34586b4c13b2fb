/** A quote is asked for with the body of a submit, and answers what the submit would cost. */

import { z } from 'zod';
import { createGenerationBody } from '../create-generation/schema.ts';

export const createQuoteBody = createGenerationBody
  .omit({ quote_id: true })
  .meta({ id: 'CreateQuote', examples: createGenerationBody.meta()?.['examples'] });

const finding = z
  .object({
    code: z.string().describe('Stable name of what was found.'),
    severity: z.enum(['error', 'warning']),
    subject: z
      .enum(['image', 'video', 'pair'])
      .describe('The picture, the clip, or how the two fit each other.'),
    value: z.number().nullable().describe('The measured value, if it is a number.'),
    limit: z.number().nullable().describe('The value at which the finding begins.'),
    message: z.string(),
    advice: z.string(),
  })
  .meta({ id: 'Finding' });

export const quote = z
  .object({
    id: z.string().describe('`quote_…`; send it as `quote_id` with the submit.'),
    object: z.literal('quote'),
    model: z.string(),
    mode: z.enum(['std', 'pro']),
    character_orientation: z.enum(['image', 'video']),
    price_usd: z.string().describe('What the finished video will cost.'),
    hold_usd: z.string().describe('What a submit with this quote holds.'),
    rate_usd: z.string().describe('Dollars a second.'),
    billable_seconds: z.number(),
    probed_seconds: z.number(),
    billing_rule: z.enum(['nearest', 'exact', 'ceil']),
    billing_rule_sentence: z.string(),
    image: z.object({
      format: z.string(),
      width: z.int(),
      height: z.int(),
      size_bytes: z.int(),
    }),
    video: z.object({
      container: z.string(),
      duration: z.number().describe('Seconds.'),
      width: z.int(),
      height: z.int(),
      fps: z.number().nullable(),
      video_codec: z.string().nullable(),
      audio_codec: z.string().nullable(),
      rotation: z.int(),
      size_bytes: z.int(),
    }),
    findings: z.array(finding).describe('What may make the result worse than you expect.'),
    is_acceptable: z
      .boolean()
      .describe('False when a finding is an error: a task of these media would fail.'),
    created_at: z.int(),
    expires_at: z.int().describe('Until then the price is honoured.'),
  })
  .meta({ id: 'Quote' });
