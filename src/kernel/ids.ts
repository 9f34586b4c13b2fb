/**
 * Ids that say what they name: `task_…`, `key_…`. The random part is 128 bits, in base 58 so that a
 * double click selects it.
 */

import { randomBytes } from 'node:crypto';

const PREFIXES = {
  account: 'acct',
  key: 'key',
  task: 'task',
  hold: 'hold',
  transfer: 'xfer',
  request: 'req',
  blob: 'blob',
  lease: 'lease',
  upload: 'upload',
  quote: 'quote',
  node: 'node',
} as const;

export type IdKind = keyof typeof PREFIXES;
export type NewId = (kind: IdKind) => string;

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const RANDOM_BYTES = 16;
const RANDOM_CHARS = 22;

export const newId: NewId = (kind) => `${PREFIXES[kind]}_${randomBase58()}`;

/** 22 characters, which hold 128 random bits. */
export function randomBase58(): string {
  let rest = BigInt(`0x${randomBytes(RANDOM_BYTES).toString('hex')}`);
  let text = '';
  for (let index = 0; index < RANDOM_CHARS; index++) {
    text = ALPHABET[Number(rest % 58n)] + text;
    rest /= 58n;
  }
  return text;
}
