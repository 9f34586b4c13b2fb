/**
 * Download addresses that need no key and stop working by themselves: HMAC-SHA256 over the task and
 * the time it ends.
 */

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../kernel/clock.ts';

export type SignatureState = 'valid' | 'invalid' | 'expired';

export type UrlSigner = {
  /**
   * Absolute address of the task's video that works until the moment given, which is cut to whole
   * seconds.
   */
  sign(taskId: string, expiresAtMs: number): string;
  /** @param expires Seconds since 1970 as they stood in the address. */
  check(taskId: string, expires: string, signature: string): SignatureState;
};

export type UrlSignerOptions = {
  secret: string;
  /** Asked for each address, since the port may be known only after the start. */
  getBaseUrl(): string;
  clock: Clock;
};

const MILLISECONDS_PER_SECOND = 1000;

export function createUrlSigner({ secret, getBaseUrl, clock }: UrlSignerOptions): UrlSigner {
  function computeSignature(taskId: string, expires: string): Buffer {
    return createHmac('sha256', secret).update(`content\n${taskId}\n${expires}`).digest();
  }

  return {
    sign(taskId, expiresAtMs) {
      const expires = String(Math.floor(expiresAtMs / MILLISECONDS_PER_SECOND));
      const signature = computeSignature(taskId, expires).toString('base64url');
      return `${getBaseUrl()}/v1/videos/${taskId}/content?exp=${expires}&sig=${signature}`;
    },
    check(taskId, expires, signature) {
      const expected = computeSignature(taskId, expires);
      const given = Buffer.from(signature, 'base64url');
      const isOurs = given.length === expected.length && timingSafeEqual(given, expected);
      if (!isOurs) return 'invalid';
      const isOver = Number(expires) * MILLISECONDS_PER_SECOND <= clock.now();
      return isOver ? 'expired' : 'valid';
    },
  };
}
