/**
 * The database server of a run goes away and comes back, and the service under load lives on: no
 * process ends by it, and once the server is there again the service answers by itself.
 */

import { setTimeout as pause } from 'node:timers/promises';
import type { PostgresServer } from '../fixtures/postgres-server.ts';
import { waitUntil } from '../fixtures/wait-until.ts';

export type Outages = { count: number; server: Pick<PostgresServer, 'url' | 'halt' | 'resume'> };

/** Up to so long the server works before it goes, and is away once it has gone. */
const UP_MS_MAX = 600;
const AWAY_MS = { min: 50, max: 1_000 };
/** Crashes; the others are what an operator's restart does. */
const CRASH_SHARE = 0.5;
/** Outages in which the service is killed too, of those that come last in its life. */
const KILL_SHARE = 0.25;

export type PlannedOutage = {
  /** Milliseconds after the start of the service, or after the end of the outage before. */
  afterMs: number;
  awayMs: number;
  mode: 'fast' | 'immediate';
  /** Whether the service may be killed before the server is back. */
  mayEndLife: boolean;
};

/** For each life of the service, the last one too, the outages that come in it. */
export function planOutages(
  count: number,
  lives: number,
  random: () => number,
): readonly PlannedOutage[][] {
  const plan = Array.from({ length: lives }, (): PlannedOutage[] => []);
  for (let outage = 0; outage < count; outage++) {
    plan[Math.floor(random() * lives)]?.push({
      afterMs: random() * UP_MS_MAX,
      awayMs: AWAY_MS.min + random() * (AWAY_MS.max - AWAY_MS.min),
      mode: random() < CRASH_SHARE ? 'immediate' : 'fast',
      mayEndLife: random() < KILL_SHARE,
    });
  }
  return plan;
}

type Life = {
  server: Outages['server'];
  url: string;
  /** Null in a life that no kill ends. */
  kill: (() => Promise<void>) | null;
};

/** @returns whether the service was killed while its database was away. */
export async function sufferOutages(
  outages: readonly PlannedOutage[],
  { server, url, kill }: Life,
): Promise<boolean> {
  for (const [index, { afterMs, awayMs, mode, mayEndLife }] of outages.entries()) {
    await pause(afterMs);
    await server.halt(mode);
    const isEnd = mayEndLife && index === outages.length - 1 && kill !== null;
    try {
      await pause(awayMs);
      if (isEnd) await kill?.();
    } finally {
      await server.resume();
    }
    if (isEnd) return true;
    await waitUntil('the service answers after an outage', async () => {
      const answer = await fetch(`${url}/readyz`);
      await answer.arrayBuffer();
      return answer.ok;
    });
  }
  return false;
}
