/**
 * Timers of simulated processes run on the time of the world, die with their process and wait while
 * it stands still; those of everybody else stay as they are. The scratch folder is no more than a
 * name here, so removing it touches no disk.
 */

import filesystem from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import pauses from 'node:timers/promises';
import type { Life, World } from './world.ts';

/** Looks that a process takes every second would be most of what is simulated. */
const STRETCHED = { belowMs: 5_000, toMs: 15_000 };

type Globals = Pick<
  typeof globalThis,
  'setTimeout' | 'setInterval' | 'clearTimeout' | 'clearInterval'
>;

class SimulatedTimer {
  cancel: () => void;
  constructor(cancel: () => void) {
    this.cancel = cancel;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}

/** Returns what puts everything back. */
export function installTimers(world: World): () => void {
  const real: Globals = { setTimeout, setInterval, clearTimeout, clearInterval };
  const realRm = filesystem.rm;
  const realPause = pauses.setTimeout;

  const start = (life: Life, delayMs: number, fire: () => void, isRepeated: boolean) => {
    const periodMs = isRepeated && delayMs < STRETCHED.belowMs ? STRETCHED.toMs : delayMs;
    let entry = world.timeline.at(world.nowMs() + periodMs, due);
    function due(): void {
      if (life.isDead) return;
      if (!world.isRunning(life)) {
        entry = world.timeline.at(life.pausedUntilMs, due);
        return;
      }
      if (isRepeated) entry = world.timeline.at(world.nowMs() + periodMs, due);
      world.spawn(life, life.name, async () => fire());
    }
    return new SimulatedTimer(() => world.timeline.cancel(entry));
  };
  const replace = (name: 'setTimeout' | 'setInterval') => {
    const original = real[name] as (...args: unknown[]) => unknown;
    return (action: (...args: unknown[]) => void, delayMs = 0, ...args: unknown[]) => {
      const life = world.current();
      if (!life) return original(action, delayMs, ...args);
      return start(life, delayMs, () => action(...args), name === 'setInterval');
    };
  };
  const replaceClear = (name: 'clearTimeout' | 'clearInterval') => {
    const original = real[name] as (timer: unknown) => void;
    return (timer: unknown) => {
      if (timer instanceof SimulatedTimer) timer.cancel();
      else original(timer);
    };
  };
  Object.assign(globalThis, {
    setTimeout: replace('setTimeout'),
    setInterval: replace('setInterval'),
    clearTimeout: replaceClear('clearTimeout'),
    clearInterval: replaceClear('clearInterval'),
  });
  Object.assign(filesystem, {
    rm: async (...args: Parameters<typeof realRm>) => {
      if (!world.current()) await realRm(...args);
    },
  });
  Object.assign(pauses, {
    setTimeout: async (...args: Parameters<typeof realPause>) => {
      const life = world.current();
      return life ? await world.sleep(life, args[0] ?? 0) : await realPause(...args);
    },
  });
  syncBuiltinESMExports();
  return () => {
    Object.assign(globalThis, real);
    Object.assign(pauses, { setTimeout: realPause });
    Object.assign(filesystem, { rm: realRm });
    syncBuiltinESMExports();
  };
}
