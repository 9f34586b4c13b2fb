/**
 * Knows how far below the feet the floor is: who jumps leaves it with both, so that neither foot
 * tells where it is in that frame.
 */

import type { JointPositions } from '../model/character.ts';
import { jointAt } from '../model/joints.ts';
import { percentile } from '../model/percentile.ts';

/** A jump is over before half of this has passed on either side of it. */
const WINDOW_SECONDS = 0.8;
/** The floor is where the lower foot is for at least a quarter of that time. */
const FLOOR_SHARE = 0.75;

/**
 * For each frame how far the floor has come down in the picture since the bind pose, in pixels:
 * where the lower foot stands in the frames around it, and never above that foot.
 */
export function findFloor(
  bind: JointPositions,
  frames: readonly JointPositions[],
  fps: number,
): Float64Array {
  const lowest = frames.map((joints) =>
    Math.max(
      ...(['left', 'right'] as const).map(
        (side) => footHeight(joints, side) - footHeight(bind, side),
      ),
    ),
  );
  const reach = Math.max(1, Math.round(WINDOW_SECONDS * fps));
  return Float64Array.from(lowest, (own, i) => {
    const around = lowest.slice(Math.max(0, i - reach), i + reach + 1);
    return Math.max(own, percentile(around, FLOOR_SHARE));
  });
}

/** Of the middle between ankle and toes. */
function footHeight(joints: JointPositions, side: 'left' | 'right'): number {
  return (jointAt(joints, `${side}Ankle`).y + jointAt(joints, `${side}Foot`).y) / 2;
}
