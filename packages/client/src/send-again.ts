/** Sends a request again when nobody can tell whether it arrived, or when it may succeed later. */

import { UnderstudyError } from './errors.ts';
import { pause } from './pause.ts';

export type Persistence = {
  /** Times it is sent, the first included. */
  attemptsMax: number;
  /** Pause before the second time in milliseconds, where the service names none; then doubled. */
  retryDelayMs: number;
  signal?: AbortSignal | undefined;
};

/** What is sent must be the same request each time, known as such by its key. */
export async function sendAgain<Answer>(
  send: () => Promise<Answer>,
  { attemptsMax, retryDelayMs, signal }: Persistence,
): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      const isFinal = error instanceof UnderstudyError && !error.isRetryable;
      if (isFinal || attempt >= attemptsMax || signal?.aborted) throw error;
      await pause(choosePauseMs(error, retryDelayMs * 2 ** (attempt - 1)) / 1000, signal);
    }
  }
}

function choosePauseMs(error: unknown, usualMs: number): number {
  const asked = error instanceof UnderstudyError ? error.retryAfterSeconds : null;
  return asked === null ? usualMs : asked * 1000;
}
