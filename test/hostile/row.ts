/** What one row of the table of hostile addresses and servers is made of. */

import type { Socket } from 'node:net';
import type { ErrorCode } from '../../src/kernel/errors.ts';
import type { Resolver } from '../../src/net/guarded-agent.ts';
import type { FetchLimits } from '../../src/net/guarded-fetch.ts';

/** Where the hostile host stands; this one address is opened to the guard. */
export const OPEN_HOST = '127.0.0.2';
/** Where nothing may ever arrive. */
export const FORBIDDEN_HOST = '127.0.0.1';

export type Ports = {
  /** The hostile host. */
  open: number;
  /** The same behind TLS, with a certificate nobody signed. */
  tls: number;
  /** A listener that counts whatever connects; it also listens on `[::1]` where there is one. */
  forbidden: number;
  /** On the hostile host; nobody listens. */
  closed: number;
};

/** How the hostile host behaves for one row. */
export type Host = {
  /** At once, before a request has come. */
  greet?: (socket: Socket) => void;
  /** For each request; `nth` counts from 1. */
  answer?: (socket: Socket, nth: number, request: string) => void;
};

export type Row = {
  group: string;
  /** What is tried. */
  name: string;
  /** @default 'download' */
  door?: 'download' | 'openRanged' | 'post';
  url: (ports: Ports) => string;
  host?: (ports: Ports) => Host;
  resolver?: () => Resolver;
  limits?: Partial<FetchLimits>;
  /** @default 100000 */
  maxBytes?: number;
  /** An error, or the status of an answer that a message ended with. */
  ends: readonly [ErrorCode | `answered ${number}`, RegExp];
};

export const toOpen = ({ open }: Ports): string => `http://${OPEN_HOST}:${open}/clip.mp4`;

/** Gives each question the next list of addresses, and the last list from then on. */
export function answerWith(...lists: string[][]): () => Resolver {
  return () => {
    let asked = 0;
    return async () => {
      const addresses = lists[Math.min(asked, lists.length - 1)] ?? [];
      asked += 1;
      return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    };
  };
}

/** Sends this and ends the connection. */
export const say =
  (text: string | Uint8Array): NonNullable<Host['answer']> =>
  (socket) =>
    socket.end(text);

/** Sends this and keeps the connection open. */
export const sayAndStay =
  (text: string): NonNullable<Host['answer']> =>
  (socket) =>
    socket.write(text);

/** So much that no limit can have held, and little enough that a failing row still ends. */
const POURED_BYTES_MAX = 256 * 1024 * 1024;

/** Sends this, then the same chunk for as long as anybody listens. */
export const pour =
  (start: string, chunk: string): NonNullable<Host['answer']> =>
  (socket) => {
    let sentBytes = 0;
    const next = () => {
      if (socket.destroyed || sentBytes > POURED_BYTES_MAX) return;
      sentBytes += chunk.length;
      socket.write(chunk, () => setImmediate(next));
    };
    socket.write(start, next);
  };

const DRIP_MS = 5;

/** Sends this, then a chunk every few milliseconds for as long as anybody listens. */
export const drip =
  (start: string, chunk: string): NonNullable<Host['answer']> =>
  (socket) => {
    socket.write(start);
    const timer = setInterval(() => socket.write(chunk), DRIP_MS);
    socket.on('close', () => clearInterval(timer));
  };
