/**
 * The processes that share a database know of each other: each says regularly that it is alive, and
 * one that has fallen silent is found.
 */

import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Database } from '../db/database.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';

/** `api` answers requests, `worker` takes the steps of tasks, `all` does both. */
export const NODE_ROLES = ['all', 'api', 'worker'] as const;
export type NodeRole = (typeof NODE_ROLES)[number];

export type NodesOptions = {
  db: Database;
  clock: Clock;
  log: Log;
  id: string;
  role: NodeRole;
  /** How long a node may be silent before it counts as dead, in milliseconds. */
  silenceMsMax: number;
  /** @default this machine, and the process ids that are seen on it */
  host?: string;
  /** @default whether the operating system knows the process */
  isProcessAlive?: (pid: number) => boolean;
};

export type Nodes = {
  id: string;
  role: NodeRole;
  /** Notes this process, and from then on that it lives. */
  join(): Promise<void>;
  /** Every node that has not left, dead ones included until somebody inherits from them. */
  listIds(): Promise<string[]>;
  /**
   * Others that have fallen silent, or whose process on this machine is gone. Who could not give a
   * sign itself for a while, as when the database was away, waits for those of the others first.
   */
  listDead(): Promise<string[]>;
  /** Takes back the note. Safe to call twice. */
  leave(): Promise<void>;
};

const HEARTBEATS_PER_SILENCE = 3;

export function createNodes(options: NodesOptions): Nodes {
  const { db, clock, log, id, role, silenceMsMax } = options;
  const host = options.host ?? describeHost();
  const isProcessAlive = options.isProcessAlive ?? asksForProcess;
  const startedAt = new Date(clock.now());
  let timer: NodeJS.Timeout | null = null;
  let notedAtMs: number | null = null;
  let waitsUntilMs = Number.NEGATIVE_INFINITY;

  const isSilentMyself = (nowMs: number) => notedAtMs !== null && nowMs - notedAtMs > silenceMsMax;
  const note = async () => {
    const heartbeatAt = new Date(clock.now());
    const started = { id, role, host, pid: process.pid, started_at: startedAt };
    await db.kysely
      .insertInto('node')
      .values({ ...started, heartbeat_at: heartbeatAt })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ heartbeat_at: heartbeatAt }))
      .execute();
    const nowMs = clock.now();
    if (isSilentMyself(nowMs)) waitsUntilMs = nowMs + silenceMsMax;
    notedAtMs = nowMs;
  };

  return {
    id,
    role,
    async join() {
      // The embedded database belongs to one process, so every other row is left over.
      if (db.kind === 'pglite') await db.kysely.deleteFrom('node').where('id', '<>', id).execute();
      await note();
      timer ??= setInterval(() => {
        note().catch((error: unknown) => log.warn({ err: error }, 'a sign of life was not noted'));
      }, silenceMsMax / HEARTBEATS_PER_SILENCE);
    },
    async listIds() {
      const nodes = await db.kysely.selectFrom('node').select('id').execute();
      return nodes.map((node) => node.id);
    },
    async listDead() {
      const others = await db.kysely
        .selectFrom('node')
        .select(['id', 'host', 'pid', 'heartbeat_at'])
        .where('id', '<>', id)
        .execute();
      const nowMs = clock.now();
      const mayJudge = !isSilentMyself(nowMs) && nowMs >= waitsUntilMs;
      return others
        .filter(
          (node) =>
            (mayJudge && node.heartbeat_at.getTime() < nowMs - silenceMsMax) ||
            (node.host === host && !isProcessAlive(node.pid)),
        )
        .map((node) => node.id);
    },
    async leave() {
      if (timer) clearInterval(timer);
      timer = null;
      await db.kysely.deleteFrom('node').where('id', '=', id).execute();
    },
  };
}

/**
 * The name of the machine is not enough: after a restart of it, and in another container, the same
 * process id is another process.
 */
function describeHost(): string {
  const boot = readQuietly(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  const namespace = readQuietly(() => readlinkSync('/proc/self/ns/pid'));
  return [hostname(), boot, namespace].filter(Boolean).join(' ');
}

/** Systems other than Linux have neither. */
function readQuietly(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}

function asksForProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user is a living one.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
