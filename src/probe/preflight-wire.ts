/** What the jailed child of the pre-flight is asked, and what it may answer. */

import { z } from 'zod';

/** The picture and the clip come through the jail as one file, the picture first. */
export type PreflightJob = { imageBytes: number; videoBytes: number };

const FINDINGS_MAX = 50;
const SENTENCE_CHARS_MAX = 1_000;

const Sentence = z.string().max(SENTENCE_CHARS_MAX);

const Finding = z.object({
  code: z.string().regex(/^[a-z_]{1,60}$/),
  subject: z.enum(['image', 'video', 'pair']),
  severity: z.enum(['error', 'warning']),
  value: z.number(),
  limit: z.number().nullable(),
  message: Sentence,
  advice: Sentence,
});

export const PreflightAnswer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('findings'), findings: z.array(Finding).max(FINDINGS_MAX) }),
  /** The file itself cannot be decoded. */
  z.object({
    kind: z.literal('unreadable'),
    subject: z.enum(['image', 'video']),
    message: Sentence,
    /** Whether the message says from where on it is damaged. */
    isDamaged: z.boolean().default(false),
  }),
]);
export type PreflightAnswer = z.infer<typeof PreflightAnswer>;
