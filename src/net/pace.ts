/**
 * Ends a download that takes too long or that comes too slowly; a body that drips never trips an
 * idle timeout.
 */

import type { Clock } from '../kernel/clock.ts';
import { formatBytes } from './format-bytes.ts';

export type PaceLimits = {
  /** Longest time for the whole download, redirects included. */
  downloadMsMax: number;
  /** Lowest mean rate within one window; 0 turns the rule off. */
  bytesPerSecondMin: number;
  /** How long the rate is measured before it is judged. */
  paceWindowMs: number;
};

export type Slowness = { seen: string; limit: string };

export type Pace = {
  /** Aborted when a limit is met or the caller's own signal is. */
  signal: AbortSignal;
  /** From here on bytes must come at the lowest rate; waiting for the head has its own limit. */
  beginBody(): void;
  count(bytes: number): void;
  /** What was too slow, once it was. */
  slowness(): Slowness | null;
  stop(): void;
};

const MILLISECONDS_PER_SECOND = 1000;

/**
 * Starts to watch at once; `stop` must be called whatever happens.
 *
 * @param startedAt When the time of the whole began, if that was earlier. @default now
 */
export function watchPace(
  limits: PaceLimits,
  clock: Clock,
  caller?: AbortSignal,
  startedAt = clock.now(),
): Pace {
  const giveUp = new AbortController();
  const leftMs = Math.max(1, limits.downloadMsMax - (clock.now() - startedAt));
  let totalBytes = 0;
  let windowBytes = 0;
  let slowness: Slowness | null = null;

  function end(found: Slowness): void {
    slowness ??= found;
    giveUp.abort(new Error('too slow'));
  }

  const deadline = setTimeout(() => {
    const seconds = ((clock.now() - startedAt) / MILLISECONDS_PER_SECOND).toFixed(1);
    end({
      seen: `${formatBytes(totalBytes)} in ${seconds} s`,
      limit: `all of it must come within ${limits.downloadMsMax / MILLISECONDS_PER_SECOND} s`,
    });
  }, leftMs);

  const windowSeconds = limits.paceWindowMs / MILLISECONDS_PER_SECOND;
  let windows: NodeJS.Timeout | undefined;

  function judgeWindow(): void {
    if (windowBytes < limits.bytesPerSecondMin * windowSeconds) {
      end({
        seen: `${formatBytes(windowBytes)} in ${windowSeconds} s`,
        limit: `at least ${formatBytes(limits.bytesPerSecondMin)} a second are needed`,
      });
    }
    windowBytes = 0;
  }

  return {
    signal: caller ? AbortSignal.any([caller, giveUp.signal]) : giveUp.signal,
    beginBody() {
      windows = setInterval(judgeWindow, limits.paceWindowMs);
    },
    count(bytes) {
      totalBytes += bytes;
      windowBytes += bytes;
    },
    slowness: () => slowness,
    stop() {
      clearTimeout(deadline);
      clearInterval(windows);
    },
  };
}
