/** Everything needed to check a charge by hand: price, probe facts, rounding rule, every ledger line, and sums. */

export type ReceiptLine = {
  transfer_id: string;
  kind: 'deposit' | 'hold' | 'settle' | 'release';
  book: 'customer_available' | 'customer_held' | 'revenue' | 'funding';
  amount_nanos: string;
  amount_usd: string;
  created_at: number;
};

export type Receipt = {
  object: 'receipt';
  task_id: string;
  status: string;
  currency: 'USD';
  price: { mode: string; rate_nanos_per_ms: number; rate_usd_per_second: string };
  probe: {
    duration_ms: number;
    width: number;
    height: number;
    fps: number | null;
    video_codec: string | null;
    size_bytes: number;
    sha256: string;
  } | null;
  rounding: {
    rule: string;
    reference_ms: number;
    min_ms: number;
    max_ms: number;
    billable_ms: number;
    billable_seconds: number;
    sentence: string;
  } | null;
  lines: ReceiptLine[];
  sums: {
    held_usd: string;
    charged_usd: string;
    released_usd: string;
    /** Every posting of this task added up; a ledger in order says `0.00000`. */
    all_lines_usd: string;
    sums_to_zero: boolean;
  };
  is_final: boolean;
};
