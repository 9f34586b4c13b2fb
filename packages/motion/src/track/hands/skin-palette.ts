/** A few colours that stand for many, in a space where shading counts less than hue. */

/** Numbers of a colour in this space. */
const SIZE = 4;
/** How much a difference of brightness counts, and one of hue and saturation (both squared). */
const LIGHT_WEIGHT = Math.sqrt(0.55);
const CHROMA_WEIGHT = Math.sqrt(1.6);
const ROUNDS = 5;

/** Colours in a row, {@link SIZE} numbers each. */
export type Palette = Float32Array;

/** Writes a colour (0..255 a channel) to `out[at ..]`. */
export function writeColour(r: number, g: number, b: number, out: Float32Array, at: number): void {
  const light = (r + g + b) / 3;
  out[at] = LIGHT_WEIGHT * light;
  out[at + 1] = CHROMA_WEIGHT * (r - light);
  out[at + 2] = CHROMA_WEIGHT * (g - light);
  out[at + 3] = CHROMA_WEIGHT * (b - light);
}

/** Distance of the colour at `colours[at ..]` to the nearest of the palette. */
export function distanceToPalette(palette: Palette, colours: Float32Array, at: number): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < palette.length; i += SIZE) {
    const a = colours[at]! - palette[i]!;
    const b = colours[at + 1]! - palette[i + 1]!;
    const c = colours[at + 2]! - palette[i + 2]!;
    const d = colours[at + 3]! - palette[i + 3]!;
    nearest = Math.min(nearest, a * a + b * b + c * c + d * d);
  }
  return Math.sqrt(nearest);
}

/**
 * k-means (Lloyd 1982) that always gives the same answer: it starts from evenly spaced ranks of
 * brightness. `samples` are places in `colours`.
 */
export function findPalette(
  colours: Float32Array,
  samples: readonly number[],
  count: number,
): Palette {
  const ranked = samples.toSorted((a, b) => colours[a * SIZE]! - colours[b * SIZE]!);
  const palette = new Float32Array(Math.min(count, samples.length) * SIZE);
  const size = palette.length / SIZE;
  for (let i = 0; i < size; i += 1) {
    const from = ranked[Math.floor(((i + 0.5) / size) * ranked.length)]! * SIZE;
    palette.set(colours.subarray(from, from + SIZE), i * SIZE);
  }
  for (let round = 0; round < ROUNDS; round += 1) improve(palette, colours, samples);
  return palette;
}

function improve(palette: Palette, colours: Float32Array, samples: readonly number[]): void {
  const sums = new Float64Array(palette.length);
  const counts = new Uint32Array(palette.length / SIZE);
  for (const sample of samples) {
    const at = sample * SIZE;
    let nearest = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < palette.length; i += SIZE) {
      let distance = 0;
      for (let n = 0; n < SIZE; n += 1) distance += (colours[at + n]! - palette[i + n]!) ** 2;
      if (distance < least) {
        least = distance;
        nearest = i;
      }
    }
    counts[nearest / SIZE]! += 1;
    for (let n = 0; n < SIZE; n += 1) sums[nearest + n]! += colours[at + n]!;
  }
  for (let i = 0; i < palette.length; i += 1) {
    const count = counts[Math.floor(i / SIZE)]!;
    if (count > 0) palette[i] = sums[i]! / count;
  }
}
