/** What the probe's jailed child is asked, and what it may answer. */

import { z } from 'zod';

/** The file itself is read through the jail. */
export type ProbeJob =
  | { kind: 'image'; sizeBytes: number; pixelsMax: number }
  | { kind: 'video'; sizeBytes: number };

const Side = z.int().positive();

export const ImageReading = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('facts'), width: Side, height: Side, hasAlpha: z.boolean() }),
  z.object({ kind: z.literal('too-many-pixels'), width: Side, height: Side }),
  z.object({ kind: z.literal('damaged'), detail: z.string() }),
]);
export type ImageReading = z.infer<typeof ImageReading>;

const VideoTrackFacts = z.object({
  container: z.enum(['mp4', 'mov']),
  durationMs: z.int().nonnegative(),
  width: Side,
  height: Side,
  fps: z.number().positive(),
  videoCodec: z.string(),
  audioCodec: z.string().nullable(),
  hasSound: z.boolean(),
  rotation: z.int(),
});

/** Facts, or why there are none. */
export const VideoReading = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('facts'), facts: VideoTrackFacts }),
  z.object({ kind: z.literal('other-format'), name: z.string() }),
  z.object({ kind: z.literal('unknown-format') }),
  /** The container was understood, so the reason is worth telling. */
  z.object({ kind: z.literal('unreadable'), reason: z.string() }),
]);
export type VideoReading = z.infer<typeof VideoReading>;
