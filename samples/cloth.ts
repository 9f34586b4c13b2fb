/** What all cloth has in common. */
import { valueNoise } from './distance.ts';

/** Length in a plane; `Math.hypot` is many times slower. */
export const planar = (x: number, y: number): number => Math.sqrt(x * x + y * y);

/** Cloth gathers in soft, slanting waves. */
export function folds(x: number, y: number, z: number, pitch: number): number {
  const slant = y * pitch + x * pitch * 0.35;
  return (
    Math.sin(slant + 5 * valueNoise(x * 9, y * 7, z * 9)) * valueNoise(x * 6, y * 8, z * 6 + 4)
  );
}
