/** A broken promise of our own code: crash the request, never go on with a wrong state. */

export function assert(condition: unknown, promise: string): asserts condition {
  if (!condition) throw new Error(`broken promise: ${promise}`);
}
