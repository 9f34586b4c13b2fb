/** Requests by the pattern of their route: paths have ids in them, and would never end. */

import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export type AnsweredRequest = {
  method: string;
  /** The pattern, such as `/v1/videos/:task_id`, or `none`. */
  route: string;
  status: number;
  elapsedMs: number;
  /** Bytes that went out, the head included. */
  sentBytes: number;
};

const MILLISECONDS_PER_SECOND = 1000;

/** From an answer out of memory to a poll that waits a minute. */
const REQUEST_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 15, 60];

export function addHttpMetrics(registry: Registry) {
  const registers = [registry];
  const requests = new Counter({
    name: 'understudy_http_requests_total',
    help: 'Requests answered',
    labelNames: ['method', 'route', 'status'] as const,
    registers,
  });
  const seconds = new Histogram({
    name: 'understudy_http_request_seconds',
    help: 'Time from the head of a request to the end of its answer',
    labelNames: ['method', 'route'] as const,
    buckets: REQUEST_SECONDS,
    registers,
  });
  const sent = new Counter({
    name: 'understudy_http_sent_bytes_total',
    help: 'Bytes of answers, downloads included',
    labelNames: ['route'] as const,
    registers,
  });
  const open = new Gauge({
    name: 'understudy_http_requests_open',
    help: 'Requests under way',
    registers,
  });
  return {
    requestBegan(): void {
      open.inc();
    },
    requestEnded({ method, route, status, elapsedMs, sentBytes }: AnsweredRequest): void {
      open.dec();
      requests.inc({ method, route, status });
      seconds.observe({ method, route }, elapsedMs / MILLISECONDS_PER_SECOND);
      sent.inc({ route }, sentBytes);
    },
  };
}
