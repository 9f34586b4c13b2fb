/** Clients that each begin anew when they are done: closed loops, so that nothing piles up. */

import { setImmediate } from 'node:timers/promises';

export type Load = { clients: number; seconds: number };

export type Measured = {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** All turns, those of the warm-up included. */
  turns: number;
  failures: number;
};

const WARM_SHARE = 0.2;

/** The first fifth of the time warms up and is not counted. */
export async function repeatFor(
  work: (turn: number) => Promise<unknown>,
  { clients, seconds }: Load,
): Promise<Measured> {
  const startedAtMs = performance.now();
  const countedFromMs = startedAtMs + WARM_SHARE * seconds * 1_000;
  const untilMs = startedAtMs + seconds * 1_000;
  const times: number[] = [];
  let turn = 0;
  let failures = 0;
  const loop = async () => {
    while (performance.now() < untilMs) {
      const begunAtMs = performance.now();
      try {
        await work(turn++);
      } catch {
        failures += 1;
      }
      const endedAtMs = performance.now();
      if (begunAtMs >= countedFromMs) times.push(endedAtMs - begunAtMs);
      // The embedded database answers in microtasks; timers must have their turn.
      await setImmediate();
    }
  };
  await Promise.all(Array.from({ length: clients }, loop));
  const countedSeconds = (performance.now() - countedFromMs) / 1_000;
  return {
    perSecond: times.length / countedSeconds,
    ...describeTimes(times),
    turns: turn,
    failures,
  };
}

export function describeTimes(times: readonly number[]): { p50Ms: number; p99Ms: number } {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}
