/** What the simulation itself knows of accounts, submits and tasks, apart from the database. */

import type { PriceList } from '../../src/billing/prices.ts';
import type { Mode, Orientation } from '../../src/engines/engine.ts';

/** One submit as it was sent; of those with one key at most one becomes a task. */
export type Attempt = {
  requestId: string;
  accountId: string;
  externalTaskId: string | null;
  key: string | null;
  mode: Mode;
  orientation: Orientation;
  videoUrl: string;
  durationSeconds: number | null;
  /** Of the process that took the submit, or of the one that made the quote. */
  prices: PriceList;
  /** What a quote promised, in nano-dollars. */
  quotedNanos: bigint | null;
  /** Null when there was no answer. */
  answer: { taskId: string } | { code: string } | null;
};

export type Seen = { version: number; progress: number; status: string };

export type Records = {
  /** Nano-dollars by account. */
  deposits: Map<string, bigint>;
  attempts: Attempt[];
  /** What polls and rows have shown of each task. */
  seen: Map<string, Seen>;
  cancelled: Set<string>;
  deleted: Set<string>;
  violations: Finding[];
  /** One sentence each, said once for each subject. */
  violate(check: string, subject: string, detail: string): void;
};

export type Finding = { check: string; subject: string; detail: string };

const FINDINGS_MAX = 50;

export function createRecords(): Records {
  const violations: Finding[] = [];
  return {
    deposits: new Map(),
    attempts: [],
    seen: new Map(),
    cancelled: new Set(),
    deleted: new Set(),
    violations,
    violate(check, subject, detail) {
      const isKnown = violations.some((one) => one.check === check && one.subject === subject);
      if (!isKnown && violations.length < FINDINGS_MAX) violations.push({ check, subject, detail });
    },
  };
}
