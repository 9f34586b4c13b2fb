/** The engines an operator allows, by name; the first is the default. */

import { assert } from '../kernel/assert.ts';
import { AppError } from '../kernel/errors.ts';
import type { Engine } from './engine.ts';

export type EngineRegistry = {
  defaultName: string;
  names: readonly string[];
  /** Throws `invalid_request` (param `engine`) for a name that is not allowed. */
  get(name: string): Engine;
};

export function createEngineRegistry(engines: readonly Engine[]): EngineRegistry {
  const byName = new Map(engines.map((engine) => [engine.name, engine]));
  const [first] = engines;
  assert(first && byName.size === engines.length, 'there are engines, each with its own name');
  const names = [...byName.keys()];
  return {
    defaultName: first.name,
    names,
    get(name) {
      const engine = byName.get(name);
      if (engine) return engine;
      throw new AppError(
        'invalid_request',
        { reason: `There is no engine "${name}" here; use ${names.join(' or ')}.` },
        { param: 'engine' },
      );
    },
  };
}
