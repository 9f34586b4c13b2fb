/**
 * The figures of one process, as Prometheus reads them: counted in memory while work goes on, asked
 * of the others only when somebody looks, and never about a single account.
 *
 * docs/reference/metrics.md names every one of them; a test holds the two together.
 */

import { Registry } from 'prom-client';
import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import { addHttpMetrics } from './http-metrics.ts';
import { addMediaMetrics } from './media-metrics.ts';
import { addProcessMetrics } from './process-metrics.ts';
import { createSources, type Source } from './sources.ts';
import { addStateMetrics } from './state-metrics.ts';
import { addTaskMetrics } from './task-metrics.ts';

export type Metrics = {
  /** What the gateway counts. */
  http: ReturnType<typeof addHttpMetrics>;
  /** What the life of tasks counts. */
  tasks: ReturnType<typeof addTaskMetrics>;
  /** What comes in, is read, is kept. */
  media: ReturnType<typeof addMediaMetrics>;
  /** Gauges that sources set. */
  state: ReturnType<typeof addStateMetrics>;
  /** Asked before a page is written, at most once in `SOURCES_KEPT_MS`. */
  watch(name: string, source: Source): void;
  /** The page in the text format of Prometheus 0.0.4; a source that fails is left out. */
  read(): Promise<{ text: string; contentType: string }>;
  /** Names of all metrics, sorted. */
  names(): string[];
  /** What each metric is, for the page that describes them. */
  describe(): MetricDescription[];
  close(): void;
};

export type MetricDescription = { name: string; kind: string; labels: string[] };

export type MetricsOptions = { clock: Clock; log: Log; version: string };

/** Several scrapers, or one that is impatient, cost the database one round of questions. */
export const SOURCES_KEPT_MS = 5_000;

export function createMetrics({ clock, log, version }: MetricsOptions): Metrics {
  const registry = new Registry();
  const processMetrics = addProcessMetrics(registry, version);
  const sources = createSources({ registry, clock, log, keptMs: SOURCES_KEPT_MS });
  return {
    http: addHttpMetrics(registry),
    tasks: addTaskMetrics(registry),
    media: addMediaMetrics(registry),
    state: addStateMetrics(registry),
    watch: sources.add,
    async read() {
      await sources.refresh();
      return { text: await registry.metrics(), contentType: registry.contentType };
    },
    names: () =>
      describe(registry)
        .map(({ name }) => name)
        .toSorted(),
    describe: () => describe(registry),
    close: processMetrics.close,
  };
}

/** The library knows kind and labels of its metrics, and keeps them out of its types. */
function describe(registry: Registry): MetricDescription[] {
  return registry.getMetricsAsArray().map((metric) => {
    const kind: unknown = Reflect.get(metric, 'type');
    const labels: unknown = Reflect.get(metric, 'labelNames');
    return {
      name: metric.name,
      kind: String(kind),
      labels: Array.isArray(labels) ? labels.map(String).toSorted() : [],
    };
  });
}
