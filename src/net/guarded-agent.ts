/** Opens connections only to allowed addresses, whatever name, spelling or moment leads to them. */

import { lookup as systemLookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { type AddressPolicy, readLiteralAddress } from './addresses.ts';

export type ResolvedAddress = { address: string; family: number };

/** Turns a host name into all of its addresses. */
export type Resolver = (hostname: string) => Promise<ResolvedAddress[]>;

export const resolveWithSystem: Resolver = (hostname) => systemLookup(hostname, { all: true });

/** The address may not be reached. The reason is public; it never tells what a name resolved to. */
export class AddressRefusedError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'AddressRefusedError';
  }
}

export type GuardedAgentOptions = {
  policy: AddressPolicy;
  resolver: Resolver;
  connectMsMax: number;
  headersMsMax: number;
  /** Whether one connection may carry several requests: only when all are for one file. */
  keepAlive: boolean;
};

/**
 * An agent of undici with three locks: an address written in the URL, every answer of the resolver,
 * and the address that the socket in the end is connected to. Proxies of the environment are not
 * used.
 */
export function createGuardedAgent(options: GuardedAgentOptions): Agent {
  const { policy, connectMsMax, headersMsMax, keepAlive } = options;
  const connectFiltered = buildConnector({
    timeout: connectMsMax,
    // HTTP/1.1 is the one protocol whose every limit below is known to hold.
    allowH2: false,
    maxCachedSessions: 0,
    rejectUnauthorized: true,
    lookup: createFilteredLookup(options),
  });

  const connectGuarded: buildConnector.connector = (target, callback) => {
    const literal = readLiteralAddress(target.hostname);
    if (literal !== null && !policy.isAllowed(literal)) {
      callback(new AddressRefusedError(`${literal} is not a public address`), null);
      return;
    }
    connectFiltered(target, (...result) => {
      const [error, socket] = result;
      if (error !== null) {
        callback(error, null);
        return;
      }
      if (!policy.isAllowed(socket.remoteAddress ?? '')) {
        socket.destroy();
        callback(new AddressRefusedError('its host is not at a public address'), null);
        return;
      }
      callback(null, socket);
    });
  };
  // Pipelining 0 closes each connection after its answer: nothing is shared between the inputs of
  // different customers. Pipelining 1 keeps it for the next request, one at a time.
  return new Agent({
    connect: connectGuarded,
    pipelining: keepAlive ? 1 : 0,
    connections: keepAlive ? 1 : null,
    headersTimeout: headersMsMax,
    maxHeaderSize: 16_384,
  });
}

/**
 * One private address among the answers refuses the name: which one would be used is the resolver's
 * owner's choice.
 */
function createFilteredLookup({ policy, resolver }: GuardedAgentOptions): LookupFunction {
  return (hostname, lookupOptions, callback) => {
    resolver(hostname).then(
      (answers) => {
        const [first] = answers;
        if (first === undefined) {
          callback(
            Object.assign(new Error(`no address for ${hostname}`), { code: 'ENOTFOUND' }),
            '',
            0,
          );
        } else if (!answers.every((answer) => policy.isAllowed(answer.address))) {
          callback(new AddressRefusedError('its host is not at a public address'), '', 0);
        } else if (lookupOptions.all === true) {
          callback(null, answers);
        } else {
          callback(null, first.address, first.family);
        }
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    );
  };
}
