/**
 * What parent and child say to each other, and the note a finished child leaves on disk for a
 * parent that was restarted.
 */

import { z } from 'zod';

export type ChildCache = {
  folder: string;
  bytesMax: number;
  /** What no job has used for so long is removed. */
  unusedMsMax: number;
};

/** Sent once, as the first message to the child. */
export type ChildJob = {
  imageFile: string;
  videoFile: string;
  outputFile: string;
  /** Where the child leaves its `Result`, written whole or not at all. */
  resultFile: string;
  mode: 'std' | 'pro';
  orientation: 'image' | 'video';
  prompt: string | null;
  keepOriginalSound: boolean;
  watermark: boolean;
  /** Where the engine keeps what it can use again; null keeps nothing. */
  cache: ChildCache | null;
  /** Whether to judge the finished video by tracking it. */
  score: boolean;
  /** Milliseconds since the Unix epoch, for the provenance in the video. */
  createdAtMs: number;
};

export const ProgressMessage = z.object({
  type: z.literal('progress'),
  stage: z.string(),
  /** 0..1 of the whole work. */
  fraction: z.number(),
});
export type ProgressMessage = z.infer<typeof ProgressMessage>;

const Finding = z.object({
  code: z.string(),
  message: z.string(),
  value: z.number().optional(),
});

/**
 * How the work ended, when it ended by itself: a video, or a finding that says why there can be
 * none.
 */
export const Result = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('completed'),
    facts: z.object({
      width: z.number(),
      height: z.number(),
      fps: z.number(),
      durationMs: z.number(),
    }),
    warnings: z.array(Finding),
    /** What of the prompt was carried out; one that a former version wrote has none. */
    applied: z.array(z.string()).default([]),
    /** Null when the video was not judged; one that a former version wrote has none. */
    motion: z
      .record(z.string(), z.union([z.number(), z.string(), z.null()]))
      .nullable()
      .default(null),
    /** Stages taken from the cache; one that a former version wrote does not say. */
    reused: z.array(z.string()).optional(),
  }),
  z.object({ status: z.literal('refused'), finding: Finding }),
]);
export type Result = z.infer<typeof Result>;
