/**
 * Turns at work that costs this process: only so many are taken at a time, only so many wait, and
 * nobody has all of them. What an account has under way in all processes is counted by rows.
 */

import { AppError } from '../../kernel/errors.ts';

export type TurnLimits = {
  runningMax: number;
  waitingMax: number;
  /** Of one account, those that wait included. */
  perAccountMax: number;
};

export type Turns = {
  /**
   * Resolves when it is this one's turn, with what ends the turn. Throws `too_many_quotes` at once
   * when there are too many, and the signal's reason when waiting was given up.
   */
  take(accountId: string, signal: AbortSignal): Promise<() => void>;
};

export function createTurns({ runningMax, waitingMax, perAccountMax }: TurnLimits): Turns {
  const counts = new Map<string, number>();
  const waiting = new Set<() => void>();
  let running = 0;

  function leave(accountId: string): void {
    const left = (counts.get(accountId) ?? 1) - 1;
    if (left > 0) counts.set(accountId, left);
    else counts.delete(accountId);
  }

  /** Handed over to the next who waits, so that nobody who comes meanwhile can take it. */
  function createEnd(accountId: string): () => void {
    return () => {
      leave(accountId);
      const [next] = waiting;
      if (next) next();
      else running -= 1;
    };
  }

  function wait(signal: AbortSignal, onGivenUp: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const goOn = () => {
        waiting.delete(goOn);
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      const giveUp = () => {
        waiting.delete(goOn);
        onGivenUp();
        reject(signal.reason);
      };
      signal.addEventListener('abort', giveUp, { once: true });
      waiting.add(goOn);
    });
  }

  return {
    async take(accountId, signal) {
      signal.throwIfAborted();
      const count = counts.get(accountId) ?? 0;
      if (count >= perAccountMax) throw tooManyOfAccount(perAccountMax);
      const isFree = running < runningMax && waiting.size === 0;
      if (!isFree && waiting.size >= waitingMax) throw tooMany('by this server', runningMax);
      counts.set(accountId, count + 1);
      if (isFree) running += 1;
      else await wait(signal, () => leave(accountId));
      return createEnd(accountId);
    },
  };
}

export function tooManyOfAccount(limit: number): AppError {
  return tooMany('for this account', limit);
}

function tooMany(whose: string, limit: number): AppError {
  return new AppError('too_many_quotes', { whose, limit });
}
