/** Lets the cloth of wide sleeves hang from turning forearms and swing after them. */

import type { Character } from '../model/character.ts';
import type { Point } from '../model/geometry.ts';
import { jointAt } from '../model/joints.ts';
import { smoothstep, softLimit } from '../model/scalar.ts';
import {
  aimSleeve,
  findSleeves,
  measureFall,
  type Sleeve,
  type SleeveHang,
} from '../model/sleeve.ts';
import { smoothValues } from '../model/smooth-values.ts';
import { type SwingTiming, swingOnce } from './swing.ts';

/** How freely cloth swings (see `swingOnce`), and the most it swings away, in its lengths. */
const SWING_SHARE = 0.55;
const SWING_LIMIT = 0.35;
/** The weight of a sleeve is this many forearms below the arm. */
const DROP = 0.9;
/** Cloth turns over below the first value of `measureFall` and back above the second. */
const TURN_OVER = [-0.35, 0.3] as const;
const TURN_SIGMA_SECONDS = 0.045;
/** At few frames a second a swing would look like a tremble: none below the first, all above. */
const FPS_RANGE = [3, 12] as const;

/** Where the cloth of each wide sleeve points in every frame; null for a character without. */
export function hangSleeves(
  character: Character,
  frames: readonly Float32Array[],
  { fps, cuts }: SwingTiming,
): SleeveHang[] | null {
  const sleeves = findSleeves(character).map(({ sleeve }) => sleeve);
  if (sleeves.length === 0) return null;
  const hangs = frames.map((): SleeveHang => ({}));
  const edges = [0, ...cuts, frames.length];
  for (const sleeve of sleeves) {
    for (let shot = 0; shot + 1 < edges.length; shot += 1) {
      const shown = frames.slice(edges[shot]!, edges[shot + 1]!);
      for (const [i, hang] of swingSleeve(sleeve, shown, fps).entries()) {
        hangs[edges[shot]! + i]![sleeve.side] = hang;
      }
    }
  }
  return hangs;
}

/**
 * On which side of its forearm the cloth is in each frame: 1 as in the picture, -1 turned over. It
 * turns over when it would have to stand up, and late, so that it does not flutter.
 */
function turnOver(sleeve: Sleeve, frames: readonly Float32Array[], fps: number): Float64Array {
  const [away, back] = TURN_OVER;
  let side = 1;
  const sides = Float64Array.from(frames, (joints, i) => {
    const fall = measureFall(sleeve, joints);
    if (i === 0) side = fall < (away + back) / 2 ? -1 : 1;
    else if (fall < away) side = -1;
    else if (fall > back) side = 1;
    return side;
  });
  return smoothValues(sides, TURN_SIGMA_SECONDS * fps);
}

/** The hem swings about the place where the forearm and its weight want it. */
function swingSleeve(sleeve: Sleeve, frames: readonly Float32Array[], fps: number): Point[] {
  const sides = turnOver(sleeve, frames, fps);
  const aims = frames.map((joints, i) => aimSleeve(sleeve, joints, sides[i]!));
  const strength = smoothstep(...FPS_RANGE, fps);
  if (strength === 0) return aims;
  const drop = DROP * sleeve.length;
  const away = (['x', 'y'] as const).map((axis) => {
    const path = Float64Array.from(
      frames,
      (joints, i) => jointAt(joints, `${sleeve.side}Wrist`)[axis] + drop * aims[i]![axis],
    );
    return swingOnce(path, fps, SWING_SHARE);
  });
  const limited = (axis: number, i: number): number =>
    softLimit((strength * away[axis]![i]!) / drop, SWING_LIMIT);
  return aims.map(({ x, y }, i) => ({ x: x + limited(0, i), y: y + limited(1, i) }));
}
