/** A quote as its owner reads it. */

import { formatDollars } from '../../billing/money.ts';
import { type BillingRule, computeAmountNanos, RULE_SENTENCES } from '../../billing/prices.ts';
import type { InputFinding } from '../inputs.ts';
import { findInFacts } from './facts-findings.ts';
import type { Quote } from './quote.ts';
import { priceOf } from './quote-rows.ts';

export type QuoteView = {
  id: string;
  object: 'quote';
  model: string;
  mode: 'std' | 'pro';
  character_orientation: 'image' | 'video';
  price_usd: string;
  hold_usd: string;
  rate_usd: string;
  billable_seconds: number;
  probed_seconds: number;
  billing_rule: BillingRule;
  billing_rule_sentence: string;
  image: { format: string; width: number; height: number; size_bytes: number };
  video: {
    container: string;
    duration: number;
    width: number;
    height: number;
    fps: number | null;
    video_codec: string | null;
    audio_codec: string | null;
    rotation: number;
    size_bytes: number;
  };
  findings: InputFinding[];
  /** False when a finding is an error: a task of these inputs would fail. */
  is_acceptable: boolean;
  created_at: number;
  expires_at: number;
};

const MS_PER_SECOND = 1_000;

export function viewQuote(quote: Quote): QuoteView {
  const { image, video } = quote;
  const price = formatDollars(priceOf(quote));
  const facts = { ...quote, image: image.facts, video: video.facts };
  const findings = [...quote.findings, ...findInFacts(facts)];
  return {
    id: quote.id,
    object: 'quote',
    model: quote.model,
    mode: quote.mode,
    character_orientation: quote.orientation,
    price_usd: price,
    hold_usd: price,
    rate_usd: formatDollars(computeAmountNanos(quote.rateNanosPerMs, MS_PER_SECOND)),
    billable_seconds: quote.billableMs / MS_PER_SECOND,
    probed_seconds: quote.referenceMs / MS_PER_SECOND,
    billing_rule: quote.rule,
    billing_rule_sentence: RULE_SENTENCES[quote.rule],
    image: {
      format: image.facts.format,
      width: image.facts.width,
      height: image.facts.height,
      size_bytes: image.sizeBytes,
    },
    video: {
      container: video.facts.container,
      duration: quote.referenceMs / MS_PER_SECOND,
      width: video.facts.width,
      height: video.facts.height,
      fps: video.facts.fps,
      video_codec: video.facts.videoCodec,
      audio_codec: video.facts.audioCodec,
      rotation: video.facts.rotation,
      size_bytes: video.sizeBytes,
    },
    findings: findings.map(orderFinding),
    is_acceptable: findings.every(({ severity }) => severity !== 'error'),
    created_at: Math.floor(quote.createdAtMs / MS_PER_SECOND),
    expires_at: Math.floor(quote.expiresAtMs / MS_PER_SECOND),
  };
}

/** The database keeps JSON in an order of its own. */
function orderFinding(finding: InputFinding): InputFinding {
  const { code, severity, subject, value, limit, message, advice } = finding;
  return { code, severity, subject, value, limit, message, advice };
}
