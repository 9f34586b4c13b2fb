/** How things stand in the database: the same on every process, so nothing to add up. */

import { Gauge, type Registry } from 'prom-client';

export type OpenTasks = readonly {
  state: string;
  stage: string;
  engine: string;
  count: number;
  waitingCount: number;
  longestWaitMs: number | null;
}[];

const MILLISECONDS_PER_SECOND = 1000;

export function addStateMetrics(registry: Registry) {
  return {
    ...addTaskGauges(registry),
    ...addAuditGauges(registry),
    ...addUploadGauges(registry),
    ...addDatabaseGauges(registry),
  };
}

function addTaskGauges(registry: Registry) {
  const registers = [registry];
  const open = new Gauge({
    name: 'understudy_tasks_open',
    help: 'Unfinished tasks',
    labelNames: ['state', 'stage'] as const,
    registers,
  });
  const waiting = new Gauge({
    name: 'understudy_tasks_waiting',
    help: 'Unfinished tasks whose next step is due and not taken: the depth of the queue',
    registers,
  });
  const oldest = new Gauge({
    name: 'understudy_tasks_waiting_oldest_seconds',
    help: 'How long the one that waits longest has waited: the age of the queue',
    registers,
  });
  const running = new Gauge({
    name: 'understudy_engine_running',
    help: 'Tasks that are in the hands of an engine',
    labelNames: ['engine'] as const,
    registers,
  });
  return {
    /** Null empties them. */
    showTasks(groups: OpenTasks | null): void {
      waiting.remove();
      oldest.remove();
      open.reset();
      running.reset();
      if (groups === null) return;
      waiting.set(groups.reduce((sum, { waitingCount }) => sum + waitingCount, 0));
      const longestMs = Math.max(0, ...groups.map(({ longestWaitMs }) => longestWaitMs ?? 0));
      oldest.set(longestMs / MILLISECONDS_PER_SECOND);
      for (const { state, stage, engine, count } of groups) {
        open.inc({ state, stage }, count);
        if (state === 'running') running.inc({ engine }, count);
      }
    },
  };
}

/** What a full look at the ledger found, and when. */
export type AuditFigure = { atMs: number; violationCount: number };

function addAuditGauges(registry: Registry) {
  const registers = [registry];
  const violations = new Gauge({
    name: 'understudy_ledger_violations',
    help: 'Broken promises that the last audit of the ledger found; anything but 0 is an alarm',
    registers,
  });
  const auditedAt = new Gauge({
    name: 'understudy_ledger_audit_timestamp_seconds',
    help: 'When the last audit of the ledger ended',
    registers,
  });
  const money = new Gauge({
    name: 'understudy_ledger_dollars',
    help: 'Money of all customers together: available and held',
    labelNames: ['book'] as const,
    registers,
  });
  // A gauge begins at zero, which would say that all is well before anybody looked.
  violations.remove();
  auditedAt.remove();
  return {
    /** Null when there was none yet; then there is no figure rather than a comforting zero. */
    showAudit(audit: AuditFigure | null): void {
      violations.remove();
      auditedAt.remove();
      if (audit === null) return;
      violations.set(audit.violationCount);
      auditedAt.set(audit.atMs / MILLISECONDS_PER_SECOND);
    },
    showMoney(dollars: { available: number; held: number } | null): void {
      money.reset();
      if (dollars === null) return;
      money.set({ book: 'available' }, dollars.available);
      money.set({ book: 'held' }, dollars.held);
    },
  };
}

function addUploadGauges(registry: Registry) {
  const registers = [registry];
  const count = new Gauge({
    name: 'understudy_uploads',
    help: 'Uploads by their state',
    labelNames: ['state'] as const,
    registers,
  });
  const bytes = new Gauge({
    name: 'understudy_upload_space_bytes',
    help: 'Space that uploads take',
    registers,
  });
  return {
    showUploads(groups: readonly { state: string; count: number; sizeBytes: number }[] | null) {
      count.reset();
      bytes.remove();
      if (groups === null) return;
      for (const group of groups) count.set({ state: group.state }, group.count);
      bytes.set(groups.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
    },
  };
}

function addDatabaseGauges(registry: Registry) {
  const connections = new Gauge({
    name: 'understudy_database_connections',
    help: 'Connections of this process to the database, and requests that wait for one',
    labelNames: ['state'] as const,
    registers: [registry],
  });
  return {
    showConnections({ busy, idle, waiting }: { busy: number; idle: number; waiting: number }) {
      connections.set({ state: 'busy' }, busy);
      connections.set({ state: 'idle' }, idle);
      connections.set({ state: 'waiting' }, waiting);
    },
  };
}
