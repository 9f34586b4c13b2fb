/**
 * Asks where a stranger's address leads and nowhere else: every hop of a redirect is read and
 * checked like the first address, and each head of an answer has to come in time.
 */

import { type Dispatcher, errors, request } from 'undici';
import { fetchFailed } from './fetch-errors.ts';
import { readAddress } from './read-address.ts';
import { discardBody, readHeader } from './response-head.ts';

const REDIRECT_STATUSES = [301, 302, 303, 307, 308];

/** All that a stranger's host is told about us; no cookie and no credential is ever among it. */
const OWN_HEADERS = { 'accept-encoding': 'identity', accept: '*/*', 'user-agent': 'understudy' };

/** How requests leave this machine. */
export type Way = {
  dispatcher: Dispatcher;
  /**
   * Longest time from the start of one request to the end of the head of its answer. The interim
   * answers of HTTP restart the agent's own limit, not this one.
   */
  headMsMax: number;
};

export type GuardedGet = Way & {
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
  const { what, redirectsMax, signal } = wanted;
  const headers = { ...OWN_HEADERS, ...(wanted.range ? { range: wanted.range } : {}) };
  let target = readAddress(url, what);
  for (let redirects = 0; ; redirects++) {
    wanted.onRequest?.();
    const response = await requestOnce(target, wanted, { method: 'GET', headers, signal });
    if (!REDIRECT_STATUSES.includes(response.statusCode)) {
      return { response, finalUrl: target.href };
    }
    discardBody(response);
    const location = readHeader(response, 'location');
    if (location === null) {
      throw fetchFailed(what, `it answered ${response.statusCode} without saying where to go`);
    }
    if (redirects >= redirectsMax) {
      const times = redirectsMax === 0 ? '' : ` more than ${redirectsMax} times`;
      throw fetchFailed(what, `it was redirected${times}`);
    }
    target = readAddress(location, what, target);
  }
}

export type GuardedPost = Way & {
  what: string;
  signal: AbortSignal;
  headers: Record<string, string>;
  body: string | Uint8Array;
};

/** A redirect is an answer like any other: what was to be told is told to one address only. */
export async function postOnce(url: string, post: GuardedPost): Promise<Dispatcher.ResponseData> {
  return await requestOnce(readAddress(url, post.what), post, {
    method: 'POST',
    headers: { ...OWN_HEADERS, ...post.headers },
    body: post.body,
    signal: post.signal,
  });
}

type Sent = {
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  body?: string | Uint8Array;
  signal: AbortSignal;
};

async function requestOnce(
  target: URL,
  { dispatcher, headMsMax }: Way,
  { method, headers, body, signal }: Sent,
): Promise<Dispatcher.ResponseData> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new errors.HeadersTimeoutError()), headMsMax);
  try {
    return await request(target, {
      dispatcher,
      method,
      headers,
      body: body ?? null,
      signal: AbortSignal.any([signal, late.signal]),
    });
  } finally {
    clearTimeout(timer);
  }
}
