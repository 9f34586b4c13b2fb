/** The character's own colours without any of the background that shows through soft edges. */

import type { Rgb } from '../../model/rgb.ts';
import { smoothstep } from '../../model/scalar.ts';
import { pullPush } from '../pixels/pull-push.ts';

/**
 * Solid pixels keep their colour; soft ones take the colours of the solid ones around them
 * (straight alpha).
 */
export function estimateForeground(rgb: Rgb, alpha: Float32Array): Rgb {
  return pullPush(
    rgb,
    alpha.map((a) => smoothstep(0.9, 0.985, a)),
  );
}
