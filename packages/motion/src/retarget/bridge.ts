/** Decides what the character does while nothing is seen of the driver. */

import type { Motion } from '../model/motion.ts';
import { smoothstep } from '../model/scalar.ts';

/** Frame `row` is `share` of the way from `before` to `after`. */
export type Bridge = { before: number; after: number; share: number };

/** Over shorter gaps the movement simply goes on; over longer ones it would be a slow sweep. */
const SWEEP_SECONDS_MAX = 1;
/** After a longer gap the character takes this long to come back into the movement. */
const RETURN_SECONDS = 0.35;

/**
 * For each frame the known frames around it and how far it is between them: in a straight line over
 * a short gap; over a long one the character holds its pose and then moves quickly into the next;
 * at a cut it holds its pose and takes the next one at once. Beyond both ends it holds. `known` is
 * in order and holds at least one frame.
 */
export function makeBridge(
  known: readonly number[],
  { fps, cuts = [] }: Pick<Motion, 'fps' | 'cuts'>,
): (row: number) => Bridge {
  let next = 0;
  return (row) => {
    while (next > 0 && known[next - 1]! >= row) next -= 1;
    while (next < known.length - 1 && known[next]! < row) next += 1;
    const after = known[next]!;
    const before = after > row && next > 0 ? known[next - 1]! : after;
    if (before === after) return { before, after, share: 0 };
    const cut = cuts.find((first) => first > before && first <= after);
    if (cut !== undefined) return { before, after, share: row < cut ? 0 : 1 };
    const gap = after - before;
    if (gap <= SWEEP_SECONDS_MAX * fps) return { before, after, share: (row - before) / gap };
    return { before, after, share: smoothstep(after - RETURN_SECONDS * fps, after, row) };
  };
}
