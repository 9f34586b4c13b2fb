/** Single colours, and how bright they are. */

/** Red, green and blue, 0..255. */
export type Colour = readonly [red: number, green: number, blue: number];

export const BLACK: Colour = [0, 0, 0];

/** The mean of some colours, or null when there are none. */
export function meanColour(colours: readonly Colour[]): Colour | null {
  if (colours.length === 0) return null;
  const mean = [0, 1, 2].map((c) => colours.reduce((sum, colour) => sum + colour[c]!, 0));
  return [mean[0]! / colours.length, mean[1]! / colours.length, mean[2]! / colours.length];
}

/** Luminance (Rec. 601), 0..255. */
export function luminanceOf([red, green, blue]: Colour): number {
  return luminance(red, green, blue);
}

/** The same of what stands in `data` at `at`, the place of red, and after it. */
export function luminanceAt(data: ArrayLike<number>, at: number): number {
  return luminance(data[at]!, data[at + 1]!, data[at + 2]!);
}

/** The same of a pixel that is packed into one number, red lowest. */
export function luminanceOfPacked(pixel: number): number {
  return luminance(pixel & 0xff, (pixel >>> 8) & 0xff, (pixel >>> 16) & 0xff);
}

function luminance(red: number, green: number, blue: number): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}
