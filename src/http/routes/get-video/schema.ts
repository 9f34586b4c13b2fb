/** The flat object of a task, as the document describes it. */

import { z } from 'zod';

const WAIT_SECONDS_MAX = 60;

export const getVideoQuery = z.strictObject({
  wait: z
    .string()
    .refine((text) => /^\d{1,2}$/.test(text) && Number(text) <= WAIT_SECONDS_MAX, {
      error: `must be a whole number of seconds from 0 to ${WAIT_SECONDS_MAX}`,
    })
    .transform(Number)
    .optional()
    .meta({
      description: 'Answer only when something changes, or after so many seconds (0 to 60).',
    }),
});

const warning = z.object({
  code: z.string(),
  message: z.string(),
  value: z.number().optional(),
  subject: z
    .enum(['image', 'video', 'pair'])
    .optional()
    .describe('What it is about, if it was seen before the start.'),
  limit: z.number().nullable().optional().describe('The value at which the finding begins.'),
  advice: z.string().optional().describe('What to do.'),
});

export const video = z
  .object({
    id: z.string(),
    task_id: z.string(),
    object: z.literal('video'),
    model: z.string(),
    status: z.enum(['queued', 'in_progress', 'completed', 'failed', 'cancelled']),
    progress: z.int().min(0).max(100).describe('Percent; never goes down.'),
    stage: z.string().describe('Name of the step at work.'),
    created_at: z.int().describe('Seconds since 1970.'),
    started_at: z.int().nullable(),
    completed_at: z.int().nullable(),
    expires_at: z.int().nullable().describe('When the result is removed.'),
    seconds: z.string().nullable(),
    size: z.string().nullable().describe('For example 720x1280.'),
    mode: z.string(),
    character_orientation: z.string(),
    url: z.string().nullable().describe('Signed address of the video, once completed.'),
    metadata: z.union([
      z.object({
        url: z.string(),
        format: z.literal('mp4'),
        duration: z.number(),
        fps: z.number(),
        width: z.number(),
        height: z.number(),
      }),
      z.strictObject({}),
    ]),
    error: z
      .object({
        code: z.string(),
        message: z.string(),
        stage: z.string(),
        retryable: z.boolean(),
        hint: z.string(),
      })
      .nullable(),
    warnings: z.array(warning),
    applied: z
      .array(z.string())
      .describe('What was done of the prompt, such as `push in (slight)`; known once completed.'),
    cost: z.number().describe('Dollars charged.'),
    usage: z.object({
      billing_rule: z.literal('per_second'),
      rate_usd: z.string(),
      billable_seconds: z.number().nullable(),
      probed_seconds: z.number().nullable(),
      held_usd: z.string(),
      charged_usd: z.string(),
      released_usd: z.string(),
      is_final: z.boolean(),
    }),
    motion: z
      .record(z.string(), z.union([z.number(), z.string(), z.null()]))
      .nullable()
      .describe('How well the video follows the clip; `score` is 0 to 1. Null when not measured.'),
    external_task_id: z.string().nullable(),
    engine: z.string().describe('What made the video.'),
    request_id: z.string(),
  })
  .meta({ id: 'Video' });
