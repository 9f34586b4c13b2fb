/** What a quick look tells before anything is paid. */

import type { Finding } from '../model/finding.ts';

/** One thing that was noticed, measured, with the limit it met. */
export type PreflightFinding = Finding & {
  /** What it speaks of: the picture, the clip, or that the two do not fit each other. */
  subject: 'image' | 'video' | 'pair';
  /** What the message measured; parts of a whole are 0..1. */
  value: number;
  /** The value from which on it is told; null where there is no single one. */
  limit: number | null;
  /** One sentence: what to do. */
  advice: string;
};
