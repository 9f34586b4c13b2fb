/** What one look of the doctor is: a name, what was found, and what to do when it is not well. */

import type { Config } from '../../config.ts';
import { explainError } from '../explain-error.ts';

/** `warn` works today and is likely to hurt; `FAIL` does not work. */
export type State = 'ok' | 'warn' | 'FAIL';

export type Found = {
  name: string;
  state: State;
  /** What was seen, in a few words. */
  seen: string;
  /** What to do; null when all is well. */
  advice: string | null;
};

export type Check = {
  name: string;
  /** What to do when it throws. */
  advice: string;
  /** @returns a few words about what was found, or a warning; throws when it does not hold. */
  examine(config: Config): Promise<string | Warning>;
};

export type Warning = { seen: string; advice: string };

export async function runCheck({ name, advice, examine }: Check, config: Config): Promise<Found> {
  try {
    const found = await examine(config);
    if (typeof found === 'string') return { name, state: 'ok', seen: found, advice: null };
    return { name, state: 'warn', ...found };
  } catch (error) {
    return { name, state: 'FAIL', seen: explainError(error).join(' '), advice };
  }
}

/** One line for each, with the advice below it. */
export function formatFound({ name, state, seen, advice }: Found): string[] {
  const line = `${state.padEnd(4)}  ${name}: ${seen}`;
  return advice === null ? [line] : [line, `      ${advice}`];
}
