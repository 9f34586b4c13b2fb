/** What the local engine can fail of, in the words of the catalogue. */

import { ERRORS, type ErrorCode } from '../../kernel/errors.ts';
import type { Failed } from '../engine.ts';

/** Findings of motion that have an entry of another name in the catalogue. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  clip_unreadable: 'video_unreadable',
  clip_damaged: 'video_unreadable',
  picture_unreadable: 'image_unreadable',
};

/** The media themselves are the reason, so another attempt would end the same way. */
export function describeRefusal(finding: { code: string; message: string }): Failed {
  const code = CODES[finding.code] ?? findOwnCode(finding.code) ?? 'media_unsuitable';
  const { sentence } = ERRORS[code];
  const reason = sentence === '{reason}' ? finding.message : shorten(finding.message);
  return { status: 'failed', code, values: { reason }, retryable: false };
}

/** What the sentence of the catalogue says already: how it begins, and the full stop at its end. */
function shorten(message: string): string {
  return message.replace(/^The \w+ (cannot be read|is damaged): /, '').replace(/\.$/, '');
}

/** The child ended without a word: a codec, the memory limit or somebody's signal. */
export function describeCrash(stage: string): Failed {
  return { status: 'failed', code: 'engine_crashed', values: { stage }, retryable: true };
}

/** The service itself went away in the middle; nothing speaks against the work. */
export function describeLoss(): Failed {
  return { ...describeCrash('restarting'), isLost: true };
}

/** A second attempt would take as long. */
export function describeTimeout(timeoutMs: number): Failed {
  return {
    status: 'failed',
    code: 'engine_timeout',
    values: { limitSeconds: Math.round(timeoutMs / 1_000) },
    retryable: false,
  };
}

/** Findings that the catalogue knows by their own name, with nothing but the reason to fill in. */
function findOwnCode(name: string): ErrorCode | null {
  const codes = Object.keys(ERRORS) as ErrorCode[];
  return codes.find((code) => code === name && ERRORS[code].sentence === '{reason}') ?? null;
}
