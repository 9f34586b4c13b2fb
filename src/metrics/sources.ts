/** Questions that are asked when somebody looks: at most once in a while, and one failing alone. */

import { Counter, type Registry } from 'prom-client';
import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';

/** Sets gauges; a rejection leaves them empty, since what is not known must not look alive. */
export type Source = { ask(): Promise<void>; clear(): void };

export type SourcesOptions = { registry: Registry; clock: Clock; log: Log; keptMs: number };

export function createSources({ registry, clock, log, keptMs }: SourcesOptions) {
  const sources = new Map<string, Source>();
  const failures = new Counter({
    name: 'understudy_metrics_failures_total',
    help: 'Times that a source of figures did not answer',
    labelNames: ['source'] as const,
    registers: [registry],
  });
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | null = null;

  const askOne = async (name: string, source: Source) => {
    try {
      await source.ask();
    } catch (error) {
      source.clear();
      failures.inc({ source: name });
      log.warn({ err: error, source: name }, 'figures could not be read');
    }
  };
  const askAll = async () => {
    await Promise.all([...sources].map(([name, source]) => askOne(name, source)));
    askedAtMs = clock.now();
  };
  return {
    add(name: string, source: Source): void {
      sources.set(name, source);
      failures.inc({ source: name }, 0);
    },
    /** Never rejects. Those who ask meanwhile share the answer. */
    async refresh(): Promise<void> {
      if (clock.now() - askedAtMs < keptMs) return;
      asking ??= askAll().finally(() => {
        asking = null;
      });
      await asking;
    },
  };
}
