/**
 * A process that cannot answer in time says so at once instead of taking on more: it is measured by
 * how late its own timers fire and how long the database takes to answer a trifle.
 */

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { AppError } from '../kernel/errors.ts';
import type { HttpApp } from './context.ts';

export type Strain = {
  /** How late timers are on average, the least of the last looks, in milliseconds. */
  loopDelayMs: number;
  /** How long the database has taken to answer, or has not answered for, in milliseconds. */
  databaseMs: number;
};

/** What a process may be strained before it sheds load. */
export const STRAIN_MAX: Strain = { loopDelayMs: 2_000, databaseMs: 5_000 };

export type StrainGauge = { read(): Strain; close(): void };

const LOOK_MS = 1_000;
/** A start, or one large thing to do, is over before so many looks have passed. */
const LOOKS_BEHIND = 3;
const RESOLUTION_MS = 20;
const NANOS_PER_MS = 1e6;
const RETRY_AFTER_SECONDS = 2;
/** These say how it stands, which matters most when it stands badly. */
const ALWAYS_ANSWERED = ['/healthz', '/readyz', '/metrics'];

/** @param ping Answers when the database does. */
export function gaugeStrain(ping: () => Promise<void>): StrainGauge {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  const strain: Strain = { loopDelayMs: 0, databaseMs: 0 };
  let delays: number[] = Array.from({ length: LOOKS_BEHIND }, () => 0);
  let askedAtMs: number | null = null;
  const ask = async () => {
    const startedAtMs = performance.now();
    askedAtMs = startedAtMs;
    await ping().catch(() => undefined);
    strain.databaseMs = performance.now() - startedAtMs;
    askedAtMs = null;
  };
  const timer = setInterval(() => {
    delays = [...delays.slice(1), readDelay(histogram)];
    strain.loopDelayMs = Math.min(...delays);
    if (askedAtMs === null) void ask();
    else strain.databaseMs = performance.now() - askedAtMs;
  }, LOOK_MS);
  timer.unref();
  return {
    read: () => strain,
    close() {
      clearInterval(timer);
      histogram.disable();
    },
  };
}

function readDelay(histogram: ReturnType<typeof monitorEventLoopDelay>): number {
  const delayMs = histogram.mean / NANOS_PER_MS - RESOLUTION_MS;
  histogram.reset();
  // No timer at all has fired since the last look: then the look itself was as late as that.
  return Number.isFinite(delayMs) ? Math.max(0, delayMs) : LOOK_MS;
}

export function shedLoad(app: HttpApp, readStrain: () => Strain, max: Strain = STRAIN_MAX): void {
  app.addHook('onRequest', async (request) => {
    const { loopDelayMs, databaseMs } = readStrain();
    if (loopDelayMs <= max.loopDelayMs && databaseMs <= max.databaseMs) return;
    if (ALWAYS_ANSWERED.includes(request.routeOptions.url ?? '')) return;
    const reason =
      databaseMs > max.databaseMs
        ? `the database takes ${Math.round(databaseMs)} ms to answer`
        : `it is ${Math.round(loopDelayMs)} ms behind`;
    throw new AppError('overloaded', { reason, retryAfterSeconds: RETRY_AFTER_SECONDS });
  });
}
