/**
 * Connects what has something to count with the page that shows it; the parts themselves know
 * nothing of the page.
 */

import { BlockList, isIP, isIPv6 } from 'node:net';
import type { Billing } from './billing/billing.ts';
import { formatDollars } from './billing/money.ts';
import type { Config } from './config.ts';
import type { Database } from './db/database.ts';
import type { MetricsPage } from './http/context.ts';
import type { Outcome } from './jail/prisoner.ts';
import type { Metrics } from './metrics/metrics.ts';
import type { Storage } from './storage/storage.ts';
import type { Tasks } from './tasks/tasks.ts';
import type { Uploads } from './uploads/uploads.ts';

export type Watched = { db: Database; billing: Billing; uploads: Uploads; tasks: Tasks };

/** Asks the parts whenever somebody looks at the page. */
export function watchParts(metrics: Metrics, { db, billing, uploads, tasks }: Watched): void {
  const { state } = metrics;
  metrics.watch('tasks', {
    ask: async () => state.showTasks(await tasks.groupOpen()),
    clear: () => state.showTasks(null),
  });
  metrics.watch('money', {
    async ask() {
      const { availableNanos, heldNanos } = await billing.sumBalances();
      const toNumber = (nanos: bigint) => Number(formatDollars(nanos));
      state.showMoney({ available: toNumber(availableNanos), held: toNumber(heldNanos) });
    },
    clear: () => state.showMoney(null),
  });
  metrics.watch('uploads', {
    ask: async () => state.showUploads(await uploads.countByState()),
    clear: () => state.showUploads(null),
  });
  metrics.watch('process', {
    async ask() {
      const audit = tasks.lastAudit();
      state.showAudit(audit && { atMs: audit.atMs, violationCount: audit.violations.length });
      const connections = db.countConnections();
      if (connections) state.showConnections(connections);
    },
    clear() {},
  });
}

/** The same storage, whose bytes are counted on their way in. */
export function countStored<Kept extends Storage>(storage: Kept, { media }: Metrics): Kept {
  const putFile: Storage['putFile'] = async (...given) => {
    const blob = await storage.putFile(...given);
    media.bytesStored(blob.sizeBytes);
    return blob;
  };
  const remove: Storage['delete'] = async (key) => {
    await storage.delete(key);
    media.blobRemoved();
  };
  return { ...storage, putFile, delete: remove };
}

/** For a probe: how each reading of a stranger's file ended. */
export function countReadings({ media }: Metrics): (outcome: Outcome) => void {
  return ({ status, usage }) => media.readingEnded(status, usage.cpuMs ?? 0);
}

/** Null when the page is not wanted. */
export function describePage(
  { http }: Config,
  metrics: Metrics,
  adminKeys: readonly string[],
): MetricsPage | null {
  if (!http.metrics) return null;
  if (http.metricsKey !== null) return { read: metrics.read, keys: [http.metricsKey] };
  const isLocal = http.publicUrl === null && isLoopback(http.host);
  return { read: metrics.read, keys: isLocal ? null : adminKeys };
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Whether only this machine can reach what listens there. */
export function isLoopback(host: string): boolean {
  if (isIP(host) === 0) return host === 'localhost';
  return LOOPBACK.check(host, isIPv6(host) ? 'ipv6' : 'ipv4');
}

/** Words of the configuration that no line of the log may show. */
export function listSecrets({ http, s3, databaseUrl }: Config): string[] {
  const password = databaseUrl === null ? '' : (URL.parse(databaseUrl)?.password ?? '');
  const secrets = [
    http.adminKey,
    http.metricsKey,
    http.signingSecret,
    s3?.credentials?.secretAccessKey,
    password,
    decodeURIComponent(password),
  ];
  return secrets.filter((secret): secret is string => Boolean(secret));
}
