/** Reads an address a stranger gives us, and refuses what could not be a file on the public web. */

import { AppError } from '../kernel/errors.ts';
import { quote } from './fetch-errors.ts';

/** Signed addresses of the large clouds stay below 5000 characters. */
const URL_CHARS_MAX = 8192;

/** Below this a port belongs to a named service, and only two of those speak HTTP. */
const NAMED_PORTS_END = 1024;
const NAMED_PORTS_ALLOWED = ['', '80', '443'];

/**
 * Ports above that browsers refuse too (Fetch Standard, "port blocking"), and two services that
 * obey any line of text that looks like a command: Redis and memcached.
 */
const PORTS_REFUSED = [
  1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6379, 6566, 6665, 6666, 6667, 6668,
  6669, 6679, 6697, 10_080, 11_211,
];

/**
 * http and https only, nobody's password, and a port on which files are served.
 *
 * @param base The address that a redirect came from.
 * @throws {AppError} `address_refused`.
 */
export function readAddress(text: string, what: string, base?: URL): URL {
  const refuse = (reason: string) => new AppError('address_refused', { what, reason });
  if (text.length > URL_CHARS_MAX) {
    throw refuse(`it has ${text.length} characters, at most ${URL_CHARS_MAX} are read`);
  }
  const url = URL.parse(text, base?.href);
  if (url === null) throw refuse('it is not a URL');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    const scheme = quote(url.protocol.slice(0, -1));
    throw refuse(`its scheme is ${scheme}, only http and https are fetched`);
  }
  if (url.username !== '' || url.password !== '') {
    throw refuse('it carries a user name or a password');
  }
  if (!isPortAllowed(url.port)) throw refuse(`no file is fetched from port ${url.port}`);
  return url;
}

function isPortAllowed(port: string): boolean {
  if (NAMED_PORTS_ALLOWED.includes(port)) return true;
  return Number(port) >= NAMED_PORTS_END && !PORTS_REFUSED.includes(Number(port));
}
