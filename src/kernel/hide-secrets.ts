/**
 * The last look at a line before it is written: whatever came into it by way of messages and
 * traces, no key, no signature and nothing of a customer's query or picture stays readable.
 */

const HIDDEN = '[hidden]';

/** Up to a space or the end of the JSON string; an escaped character is part of the address. */
const REST = String.raw`(?:[^\s"\\]|\\.)`;

const PATTERNS: readonly [pattern: RegExp, shown: string][] = [
  [/\b(Bearer|Basic) +[\w.~+/=-]+/gi, `$1 ${HIDDEN}`],
  // Our own keys; the eight characters that lists show are left.
  [/\b(us_[1-9A-HJ-NP-Za-km-z]{5})[1-9A-HJ-NP-Za-km-z]{10,}/g, `$1${HIDDEN}`],
  [new RegExp(String.raw`\bdata:${REST}+`, 'gi'), `data:${HIDDEN}`],
  // A name and a password before the host.
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s"\\/@]+@/gi, `$1${HIDDEN}@`],
  [new RegExp(String.raw`(\bhttps?:\/\/[^\s"\\?#]*)[?#]${REST}+`, 'gi'), `$1?${HIDDEN}`],
  [/\b((?:sig|signature|token|key)=)[^&\s"\\]+/gi, `$1${HIDDEN}`],
];

/** Shorter ones would hide half of the log by chance. */
const SECRET_CHARS_MIN = 6;

/** @param secrets Words that are hidden wherever they stand. */
export function hideSecrets(line: string, secrets: readonly string[] = []): string {
  let shown = line;
  for (const secret of secrets) {
    if (secret.length >= SECRET_CHARS_MIN) shown = shown.replaceAll(secret, HIDDEN);
  }
  for (const [pattern, replacement] of PATTERNS) shown = shown.replace(pattern, replacement);
  return shown;
}
