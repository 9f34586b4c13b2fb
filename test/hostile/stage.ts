/** The hosts of the table: one that does whatever a row says, and one that may never be reached. */

import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { makeSelfSigned } from './certificate.ts';
import { FORBIDDEN_HOST, type Host, OPEN_HOST, type Ports } from './row.ts';

export type Stage = {
  ports: Ports;
  /** How the hostile host behaves from now on; its count of requests begins again. */
  play(host: Host): void;
  /** Connections that ever arrived at the forbidden listener. */
  countHits(): number;
  /** Connections to any of the hosts that are still open. */
  countConnections(): number;
  close(): Promise<void>;
};

const REQUEST_END = '\r\n\r\n';

export async function openStage(): Promise<Stage> {
  const live = new Set<Socket>();
  let hits = 0;
  let host: Host = {};
  let requests = 0;

  function watch(socket: Socket): void {
    live.add(socket);
    socket.on('close', () => live.delete(socket));
    // A host whose guest hangs up is told so by an error; that is the guest's right.
    socket.on('error', () => {});
  }

  function serve(socket: Socket): void {
    watch(socket);
    host.greet?.(socket);
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      if (!received.includes(REQUEST_END)) return;
      const request = received;
      received = '';
      requests += 1;
      host.answer?.(socket, requests, request);
    });
  }

  function forbid(socket: Socket): void {
    watch(socket);
    hits += 1;
    socket.end('HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nsecret');
  }

  const open = await listen(createServer(serve), OPEN_HOST, 0);
  const tls = await listen(createTlsServer(makeSelfSigned(OPEN_HOST), serve), OPEN_HOST, 0);
  const forbidden = await listen(createServer(forbid), FORBIDDEN_HOST, 0);
  const port = portOf(forbidden);
  const forbidden6 = await listen(createServer(forbid), '::1', port).catch(() => null);
  const gone = await listen(createServer(), OPEN_HOST, 0);
  const ports = { open: portOf(open), tls: portOf(tls), forbidden: port, closed: portOf(gone) };
  await stop(gone);

  return {
    ports,
    play(next) {
      host = next;
      requests = 0;
    },
    countHits: () => hits,
    countConnections: () => live.size,
    async close() {
      for (const socket of live) socket.destroy();
      const servers = [open, tls, forbidden, ...(forbidden6 ? [forbidden6] : [])];
      await Promise.all(servers.map(stop));
    },
  };
}

async function listen<S extends Server>(server: S, address: string, port: number): Promise<S> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, resolve);
  });
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function stop(server: Server): Promise<void> {
  await new Promise((resolve) => server.close(resolve));
}
