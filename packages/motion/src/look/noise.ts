/** Noise that is the same in every run: it depends on its seed alone. */

/** Next state of a 32-bit generator (xorshift, Marsaglia 2003); `state` is never 0. */
function nextState(state: number): number {
  let next = state ^ (state << 13);
  next ^= next >>> 17;
  next ^= next << 5;
  return next >>> 0;
}

/** Numbers 0..1 that look random; the same seed gives the same ones. */
export function createNoise(seed: number): () => number {
  // Neighbouring seeds are spread apart (Fibonacci hashing, Knuth), and 0 would stay 0.
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0 || 1;
  for (let warmUp = 0; warmUp < 8; warmUp++) state = nextState(state);
  return () => {
    state = nextState(state);
    return state / 0x100000000;
  };
}

/** Nearly normal noise of mean 0 and deviation 1: the sum of four even ones. */
export function normalNoise(size: number, seed: number): Float32Array {
  const next = createNoise(seed);
  const scale = Math.sqrt(3);
  return Float32Array.from({ length: size }, () => scale * (next() + next() + next() + next() - 2));
}
