/**
 * Moves the background behind a figure that stays where it is: the parallax of a camera that goes
 * around it, or that comes closer while it zooms out.
 */

import type { Point } from '../model/geometry.ts';
import type { RgbaImage } from '../model/image.ts';
import { clamp } from '../model/scalar.ts';
import { easedShare, type Shot } from './camera.ts';
import type { CameraMove } from './read-prompt.ts';
import { warpPicture } from './warp.ts';

/** Enlargement of the background at the end of a dolly zoom of strength 1. */
const DOLLY_ZOOM = 1.4;
/** An orbit of strength 1 moves the background this share of the width to either side. */
const ORBIT_SHIFT = 0.07;
/**
 * The floor ends this share of the height above the feet: from there on everything is taken to be
 * equally far, so that upright edges stay upright.
 */
const FLOOR_DEPTH = 0.14;

/** Moves of the camera that need the figure apart from its background. */
export function needsDepth({ name }: CameraMove): boolean {
  return name === 'dolly zoom' || name === 'orbit left' || name === 'orbit right';
}

/**
 * The background of each frame, or null when no move needs one. What stands on the ground at `feet`
 * stays there. The picture's memory is reused for the next frame.
 */
export function createBackdrop(
  plate: RgbaImage,
  moves: readonly CameraMove[],
  shot: Pick<Shot, 'frameCount'>,
  feet: Point,
): ((index: number) => RgbaImage) | null {
  const { width, height } = plate;
  const depth = moves.filter(needsDepth);
  if (depth.length === 0) return null;
  const image: RgbaImage = { width, height, data: new Uint8Array(plate.data.length) };
  const orbits = depth.filter(({ name }) => name !== 'dolly zoom');
  const reach = orbits.reduce((sum, { strength }) => sum + ORBIT_SHIFT * strength, 0);
  const floor = FLOOR_DEPTH * height;
  let last = -1;
  return (index) => {
    // With an open shutter several drawings in a row have the same background.
    if (index === last) return image;
    last = index;
    const done = easedShare(shot, index);
    // Room for the way to either side, all the time, so that nothing breathes.
    let zoom = 1 / (1 - 2 * reach);
    let shift = 0;
    for (const { name, strength } of depth) {
      if (name === 'dolly zoom') zoom *= DOLLY_ZOOM ** (strength * done);
      else shift += (name === 'orbit left' ? -1 : 1) * ORBIT_SHIFT * strength * (1 - 2 * done);
    }
    const middle = orbits.length > 0 ? width / 2 : feet.x;
    const map = {
      ...{ xx: 1 / zoom, xy: 0, x0: middle - middle / zoom },
      ...{ yx: 0, yy: 1 / zoom, y0: feet.y - feet.y / zoom },
    };
    warpPicture(plate, image, map, (y) => {
      const behind = clamp((feet.y - y) / floor, -1, 1);
      return shift * behind * width;
    });
    return image;
  };
}
