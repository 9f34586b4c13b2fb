/** Memory, processor and event loop of this process, under the names that dashboards know. */

import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { Counter, Gauge, type Registry } from 'prom-client';

const MICROSECONDS_PER_SECOND = 1e6;
/** Coarse enough to cost nothing, fine enough to see a loop that stands still. */
const DELAY_RESOLUTION_MS = 20;

export function addProcessMetrics(registry: Registry, version: string): { close(): void } {
  const add = (name: string, help: string, collect: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(collect());
      },
    });
  const info = new Gauge({
    name: 'understudy_build_info',
    help: 'Always 1; the labels say which version runs',
    labelNames: ['version', 'node'] as const,
    registers: [registry],
  });
  info.set({ version, node: process.version }, 1);
  add('process_start_time_seconds', 'When the process started', () => performance.timeOrigin / 1e3);
  add('process_resident_memory_bytes', 'Memory, without that of children', () =>
    process.memoryUsage.rss(),
  );
  add(
    'nodejs_heap_size_used_bytes',
    'JavaScript heap in use',
    () => process.memoryUsage().heapUsed,
  );
  add(
    'nodejs_external_memory_bytes',
    'Buffers and WebAssembly, such as the embedded database',
    () => process.memoryUsage().external,
  );
  addProcessorTime(registry);
  return addEventLoop(add);
}

function addProcessorTime(registry: Registry): void {
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Processor time, user and system',
    registers: [registry],
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / MICROSECONDS_PER_SECOND);
    },
  });
}

type Add = (name: string, help: string, collect: () => number) => void;

function addEventLoop(add: Add): { close(): void } {
  const delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });
  delay.enable();
  // The timer's own pause is part of what is measured, and is taken off.
  const toSeconds = (nanos: number) => Math.max(0, nanos / 1e9 - DELAY_RESOLUTION_MS / 1e3) || 0;
  add('nodejs_eventloop_lag_p99_seconds', 'Delay of the event loop since the last page', () =>
    toSeconds(delay.percentile(99)),
  );
  add('nodejs_eventloop_lag_max_seconds', 'Longest delay since the last page', () => {
    const longest = toSeconds(delay.max);
    delay.reset();
    return longest;
  });
  let last = performance.eventLoopUtilization();
  add('nodejs_eventloop_utilization', 'Share of time that the event loop worked', () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    return utilization;
  });
  return { close: () => void delay.disable() };
}
