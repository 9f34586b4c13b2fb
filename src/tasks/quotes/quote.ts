/** A quote: what the inputs are, what a task of them would cost, and how long that is promised. */

import type { Selectable } from 'kysely';
import { type BillingRule, readBillingRule } from '../../billing/prices.ts';
import { readNanos } from '../../db/parsers.ts';
import type { QuoteTable } from '../../db/tables.ts';
import type { Mode, Orientation } from '../../engines/engine.ts';
import { assert } from '../../kernel/assert.ts';
import type { InputFinding, QuotedImage, QuotedVideo } from '../inputs.ts';

/** What a quote is asked for; the same words as in a submit. */
export type QuoteRequest = {
  model: string;
  /** An address, or the id of an upload of the account. */
  imageUrl: string;
  videoUrl: string;
  characterOrientation: Orientation;
  mode: Mode;
};

export type Quote = {
  id: string;
  model: string;
  mode: Mode;
  orientation: Orientation;
  imageUrl: string;
  videoUrl: string;
  rateNanosPerMs: bigint;
  rule: BillingRule;
  billableMsMin: number;
  billableMsMax: number;
  image: QuotedImage;
  video: QuotedVideo;
  referenceMs: number;
  billableMs: number;
  /** What looking at the two together found; what their facts give is not kept. */
  findings: InputFinding[];
  createdAtMs: number;
  expiresAtMs: number;
};

/** Only of a row that is ready; the JSON columns hold what this folder wrote there. */
export function readQuote(row: Selectable<QuoteTable>): Quote {
  const { reference_ms: referenceMs, billable_ms: billableMs } = row;
  assert(row.image && row.video && referenceMs !== null && billableMs !== null, 'a quote is whole');
  return {
    id: row.id,
    model: row.model,
    mode: row.mode,
    orientation: row.orientation,
    imageUrl: row.image_url,
    videoUrl: row.video_url,
    rateNanosPerMs: readNanos(row.rate_nanos_per_ms),
    rule: readBillingRule(row.billing_rule),
    billableMsMin: row.billable_ms_min,
    billableMsMax: row.billable_ms_max,
    image: row.image as QuotedImage,
    video: row.video as QuotedVideo,
    referenceMs,
    billableMs,
    findings: row.findings as InputFinding[],
    createdAtMs: row.created_at.getTime(),
    expiresAtMs: row.expires_at.getTime(),
  };
}
