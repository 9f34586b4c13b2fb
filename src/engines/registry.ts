/** The engines an operator allows, by name; the first is the default. */

import type { Engine } from './engine.ts';

export type EngineRegistry = {
  defaultName: string;
  names: readonly string[];
  /** Throws `invalid_request` (param `engine`) for a name that is not allowed. */
  get(name: string): Engine;
};

export declare function createEngineRegistry(engines: readonly Engine[]): EngineRegistry;
