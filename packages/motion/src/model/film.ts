/** Adds up the light of several drawings, as a film does while the shutter is open. */

/** Pixels of four bytes, all drawings of one picture of the same size. */
export type Film = {
  expose(drawing: Uint32Array | Int32Array): void;
  /** Writes the mean of the `count` drawings seen since the last time. */
  develop(count: number, out: Uint32Array | Int32Array): void;
};

/**
 * A film of up to `size` pixels: two channels in one number, 16 bits each, so at most 257 drawings.
 */
export function createFilm(size: number): Film {
  const even = new Uint32Array(size);
  const odd = new Uint32Array(size);
  return {
    expose(drawing) {
      for (let at = 0; at < drawing.length; at++) {
        const pixel = drawing[at]!;
        even[at]! += pixel & 0x00ff00ff;
        odd[at]! += (pixel >>> 8) & 0x00ff00ff;
      }
    },
    develop(count, out) {
      const share = Uint8Array.from({ length: 255 * count + 1 }, (_, sum) =>
        Math.round(sum / count),
      );
      for (let at = 0; at < out.length; at++) {
        out[at] =
          share[even[at]! & 0xffff]! |
          (share[odd[at]! & 0xffff]! << 8) |
          (share[even[at]! >>> 16]! << 16) |
          (share[odd[at]! >>> 16]! << 24);
      }
      even.fill(0, 0, out.length);
      odd.fill(0, 0, out.length);
    },
  };
}
