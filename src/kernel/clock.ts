/** Time as something that is handed in, so that tests decide what time it is. */

export type Clock = {
  /** Milliseconds since the Unix epoch. */
  now(): number;
};

export const systemClock: Clock = { now: () => Date.now() };
