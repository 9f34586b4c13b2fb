/** Bytes of strangers: fetched, stored, and read in jailed children; and what a cache spared. */

import { Counter, type Registry } from 'prom-client';

const SECONDS_PER_MS = 1 / 1000;

export function addMediaMetrics(registry: Registry) {
  const registers = [registry];
  const fetched = new Counter({
    name: 'understudy_fetched_bytes_total',
    help: 'Bytes of bodies that came from customers addresses',
    registers,
  });
  const stored = new Counter({
    name: 'understudy_stored_bytes_total',
    help: 'Bytes put into the storage',
    registers,
  });
  const removed = new Counter({
    name: 'understudy_blobs_removed_total',
    help: 'Files removed from the storage',
    registers,
  });
  const readings = new Counter({
    name: 'understudy_probe_readings_total',
    help: 'Files read in jailed children, by how that ended',
    labelNames: ['outcome'] as const,
    registers,
  });
  const readingCpu = new Counter({
    name: 'understudy_probe_cpu_seconds_total',
    help: 'Processor time of those children',
    registers,
  });
  const cache = new Counter({
    name: 'understudy_engine_cache_total',
    help: 'Stages of renders that were taken from the cache (hit) or made (miss)',
    labelNames: ['stage', 'result'] as const,
    registers,
  });
  return {
    bytesFetched: (count: number): void => fetched.inc(count),
    bytesStored: (count: number): void => stored.inc(count),
    blobRemoved: (): void => removed.inc(),
    readingEnded(outcome: string, cpuMs: number): void {
      readings.inc({ outcome });
      readingCpu.inc(cpuMs * SECONDS_PER_MS);
    },
    stagesReused(reused: readonly string[], all: readonly string[]): void {
      for (const stage of all) {
        cache.inc({ stage, result: reused.includes(stage) ? 'hit' : 'miss' });
      }
    },
  };
}
