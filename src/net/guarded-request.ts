/**
 * One GET that goes where the customer's address leads and nowhere else: every hop of a redirect
 * is read and checked like the first address.
 */

import { type Dispatcher, request } from 'undici';
import { AppError } from '../kernel/errors.ts';
import { fetchFailed } from './fetch-errors.ts';
import { discardBody, readHeader } from './response-head.ts';

const REDIRECT_STATUSES = [301, 302, 303, 307, 308];

/** All that a stranger's host is told about us; no cookie and no credential is ever among it. */
const REQUEST_HEADERS = {
  'accept-encoding': 'identity',
  accept: '*/*',
  'user-agent': 'understudy',
};

export type GuardedGet = {
  dispatcher: Dispatcher;
  what: string;
  signal: AbortSignal;
  redirectsMax: number;
  /** The range of bytes that is asked for; the whole when absent. */
  range?: string;
  /** Called before each request, hops included. */
  onRequest?: () => void;
};

/** @throws {AppError} `address_refused` or `fetch_failed`; errors of the network as they came. */
export async function getFollowing(
  url: string,
  wanted: GuardedGet,
): Promise<{ response: Dispatcher.ResponseData; finalUrl: string }> {
  const { what, redirectsMax } = wanted;
  let target = readAddress(url, what);
  for (let redirects = 0; ; redirects++) {
    wanted.onRequest?.();
    const response = await request(target, {
      dispatcher: wanted.dispatcher,
      method: 'GET',
      headers: wanted.range ? { ...REQUEST_HEADERS, range: wanted.range } : REQUEST_HEADERS,
      signal: wanted.signal,
    });
    if (!REDIRECT_STATUSES.includes(response.statusCode)) {
      return { response, finalUrl: target.href };
    }
    discardBody(response);
    const location = readHeader(response, 'location');
    if (location === null) {
      throw fetchFailed(what, `it answered ${response.statusCode} without saying where to go`);
    }
    if (redirects >= redirectsMax) {
      const problem =
        redirectsMax === 0 ? 'redirected' : `redirected more than ${redirectsMax} times`;
      throw fetchFailed(what, `it was ${problem}`);
    }
    target = readAddress(location, what, target);
  }
}

/** http and https only, and nobody's password. */
export function readAddress(text: string, what: string, base?: URL): URL {
  const url = URL.parse(text, base?.href);
  const refuse = (reason: string) => new AppError('address_refused', { what, reason });
  if (url === null) throw refuse('it is not a URL');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw refuse(`its scheme is "${url.protocol.slice(0, -1)}", only http and https are fetched`);
  }
  if (url.username !== '' || url.password !== '') {
    throw refuse('it carries a user name or a password');
  }
  return url;
}
