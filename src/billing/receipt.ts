/**
 * Everything needed to check a charge by hand: price, probe facts, rounding rule, every ledger
 * line, and sums.
 */

import type { Queryable } from '../db/database.ts';
import { readNanos } from '../db/parsers.ts';
import type { Book, TransferKind } from '../db/tables.ts';
import { formatDollars } from './money.ts';
import { type BillingRule, type PriceMode, RULE_SENTENCES } from './prices.ts';

export type ReceiptProbe = {
  duration_ms: number;
  width: number;
  height: number;
  fps: number | null;
  video_codec: string | null;
  size_bytes: number;
  sha256: string;
};

export type ReceiptLine = {
  transfer_id: string;
  kind: TransferKind;
  book: Book;
  /** A whole number as text: it may be larger than a JSON number holds. */
  amount_nanos: string;
  amount_usd: string;
  /** Seconds since the Unix epoch. */
  created_at: number;
};

export type ReceiptRounding = {
  rule: BillingRule;
  sentence: string;
  reference_ms: number;
  min_ms: number;
  max_ms: number;
  billable_ms: number;
  billable_seconds: number;
};

export type Receipt = {
  object: 'receipt';
  task_id: string;
  status: string;
  currency: 'USD';
  price: { mode: PriceMode; rate_nanos_per_ms: number; rate_usd_per_second: string };
  /** Null until the clip was probed. */
  probe: ReceiptProbe | null;
  rounding: ReceiptRounding | null;
  lines: ReceiptLine[];
  sums: {
    held_usd: string;
    charged_usd: string;
    released_usd: string;
    /** Every line added up; a ledger in order says `0.00000`. */
    all_lines_usd: string;
    sums_to_zero: boolean;
  };
  is_final: boolean;
};

/** What the receipt is about, as the task remembers it. */
export type ReceiptSubject = {
  taskId: string;
  status: string;
  holdId: string;
  mode: PriceMode;
  rateNanosPerMs: bigint;
  rule: BillingRule;
  minMs: number;
  maxMs: number;
  /** Both null until the clip was probed. */
  referenceMs: number | null;
  billableMs: number | null;
  probe: ReceiptProbe | null;
};

type LedgerLine = {
  transferId: string;
  kind: TransferKind;
  book: Book;
  amountNanos: bigint;
  createdAt: Date;
};

const MS_PER_SECOND = 1_000;

export async function readReceipt(db: Queryable, subject: ReceiptSubject): Promise<Receipt> {
  return buildReceipt(subject, await readLines(db, subject.holdId));
}

function buildReceipt(subject: ReceiptSubject, lines: readonly LedgerLine[]): Receipt {
  const resolution = lines.filter((line) => line.kind === 'settle' || line.kind === 'release');
  const held = sum(lines.filter((line) => line.kind === 'hold' && line.book === 'customer_held'));
  const charged = sum(lines.filter((line) => line.book === 'revenue'));
  const released = sum(resolution.filter((line) => line.book === 'customer_available'));
  const all = sum(lines);
  return {
    object: 'receipt',
    task_id: subject.taskId,
    status: subject.status,
    currency: 'USD',
    price: {
      mode: subject.mode,
      rate_nanos_per_ms: Number(subject.rateNanosPerMs),
      rate_usd_per_second: formatDollars(subject.rateNanosPerMs * BigInt(MS_PER_SECOND)),
    },
    probe: subject.probe,
    rounding: describeRounding(subject),
    lines: lines.map((line) => ({
      transfer_id: line.transferId,
      kind: line.kind,
      book: line.book,
      amount_nanos: String(line.amountNanos),
      amount_usd: formatDollars(line.amountNanos),
      created_at: Math.floor(line.createdAt.getTime() / MS_PER_SECOND),
    })),
    sums: {
      held_usd: formatDollars(held),
      charged_usd: formatDollars(charged),
      released_usd: formatDollars(released),
      all_lines_usd: formatDollars(all),
      sums_to_zero: all === 0n,
    },
    is_final: resolution.length > 0,
  };
}

function describeRounding(subject: ReceiptSubject): ReceiptRounding | null {
  if (subject.referenceMs === null || subject.billableMs === null) return null;
  const [min, max] = [subject.minMs / MS_PER_SECOND, subject.maxMs / MS_PER_SECOND];
  return {
    rule: subject.rule,
    sentence: `${RULE_SENTENCES[subject.rule]} At least ${min} s and at most ${max} s are billed.`,
    reference_ms: subject.referenceMs,
    min_ms: subject.minMs,
    max_ms: subject.maxMs,
    billable_ms: subject.billableMs,
    billable_seconds: subject.billableMs / MS_PER_SECOND,
  };
}

async function readLines(db: Queryable, holdId: string): Promise<LedgerLine[]> {
  const rows = await db
    .selectFrom('ledger_transfer')
    .innerJoin('ledger_entry', 'ledger_entry.transfer_id', 'ledger_transfer.id')
    .select([
      'ledger_transfer.id',
      'ledger_transfer.kind',
      'ledger_transfer.created_at',
      'ledger_entry.book',
      'ledger_entry.amount_nanos',
    ])
    .where('ledger_transfer.hold_id', '=', holdId)
    .orderBy('ledger_transfer.created_at')
    // A hold comes before its resolution, also within one millisecond.
    .orderBy('ledger_transfer.kind')
    .orderBy('ledger_transfer.id')
    .orderBy('ledger_entry.amount_nanos')
    .execute();
  return rows.map((row) => ({
    transferId: row.id,
    kind: row.kind,
    book: row.book,
    amountNanos: readNanos(row.amount_nanos),
    createdAt: row.created_at,
  }));
}

function sum(lines: readonly LedgerLine[]): bigint {
  return lines.reduce((total, line) => total + line.amountNanos, 0n);
}
