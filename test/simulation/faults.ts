/** What goes wrong in a seed: how often each kind is drawn, and how often it came. */

import type { Random } from './random.ts';

/** Chances at each occasion in a seed of middling misfortune; the occasion stands in the name. */
const BASE_CHANCES = {
  'process dies at a statement': 0.0015,
  'process dies at a commit': 0.006,
  'process dies at the engine': 0.015,
  'process dies at the storage': 0.008,
  'process dies at the network': 0.008,
  'statement fails': 0.0015,
  'statement done, answer lost': 0.0015,
  'commit fails': 0.006,
  'commit done, answer lost': 0.01,
  'process stops for a while': 0.0004,
  'job lost': 0.03,
  'job doubled': 0.03,
  'job late': 0.05,
  'engine refuses a start': 0.04,
  'engine starts, answer lost': 0.04,
  'engine answers slowly': 0.03,
  'engine is silent': 0.03,
  'engine works slowly': 0.05,
  'engine fails, may be retried': 0.08,
  'engine fails for good': 0.04,
  'engine loses its work': 0.04,
  'storage fails': 0.02,
  'storage writes short': 0.02,
  'storage done, answer lost': 0.02,
  'network fails': 0.04,
  'network is slow': 0.04,
  'clock jumps ahead': 0.5,
  'clock jumps back': 0.5,
  'clock of a process is off': 0.5,
} as const;

export type FaultKind = keyof typeof BASE_CHANCES;

export const FAULT_KINDS = Object.keys(BASE_CHANCES) as FaultKind[];

export type Faults = {
  /** Whether it happens now; counted when it does. */
  draw(kind: FaultKind): boolean;
  /** From now on nothing goes wrong any more. */
  calm(): void;
  isCalm(): boolean;
  counts: Record<FaultKind, number>;
};

const SPREADS = [0, 0.3, 1, 1, 3];

/** A seed has its own mixture: some kinds never, some often. */
export function createFaults(random: Random): Faults {
  const draws = random.fork('faults');
  const strength = draws.pick([0, 0.5, 1, 1, 1, 2]);
  const chances = {} as Record<FaultKind, number>;
  const counts = {} as Record<FaultKind, number>;
  for (const kind of FAULT_KINDS) {
    chances[kind] = Math.min(0.9, BASE_CHANCES[kind] * strength * draws.pick(SPREADS));
    counts[kind] = 0;
  }
  let hasCalmed = false;
  return {
    counts,
    draw(kind) {
      if (hasCalmed || !draws.chance(chances[kind])) return false;
      counts[kind] += 1;
      return true;
    },
    calm() {
      hasCalmed = true;
    },
    isCalm: () => hasCalmed,
  };
}
