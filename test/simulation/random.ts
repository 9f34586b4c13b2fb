/** The same seed draws the same numbers on every machine, whatever was drawn from other streams. */

export type Random = {
  /** 0 up to 1, which is not part of it. */
  next(): number;
  chance(probability: number): boolean;
  /** Whole, both ends included. */
  integer(min: number, max: number): number;
  pick<T>(items: readonly T[]): T;
  /** Its own stream, so that drawing more from one does not move the others. */
  fork(name: string): Random;
};

const RANGE = 2 ** 32;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** SplitMix32 (the finaliser of MurmurHash3 over a Weyl sequence). */
export function createRandom(seed: number, name = 'root'): Random {
  let state = hashText(`${seed}/${name}`);
  const next = () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / RANGE;
  };
  const integer = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    integer,
    chance: (probability) => next() < probability,
    pick(items) {
      const item = items[integer(0, items.length - 1)];
      if (item === undefined) throw new Error('there is nothing to pick from');
      return item;
    },
    fork: (child) => createRandom(seed, `${name}/${child}`),
  };
}

/** FNV-1a, 32 bits. */
export function hashText(text: string): number {
  let hash = FNV_OFFSET;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME);
  }
  return hash;
}
