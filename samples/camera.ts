/** A pinhole camera: from pixels to rays for the renderer, from joints to pixels for the truth. */
import type { Vec } from './space.ts';
import { add, cross, dot, normalize, scale, subtract } from './space.ts';

export type Camera = {
  eye: Vec;
  right: Vec;
  up: Vec;
  forward: Vec;
  width: number;
  height: number;
  /** Pixels per unit of slope. */
  focalPx: number;
};

/** Looks from `eye` at `target` so that `viewHeight` metres fill the picture there. */
export function makeCamera(
  eye: Vec,
  target: Vec,
  viewHeight: number,
  width: number,
  height: number,
): Camera {
  const away = subtract(target, eye);
  const forward = normalize(away);
  const right = normalize(cross(forward, [0, 1, 0]));
  const up = cross(right, forward);
  const focalPx = (height * Math.sqrt(dot(away, away))) / viewHeight;
  return { eye, right, up, forward, width, height, focalPx };
}

/** The unit direction of the ray through a pixel place (0, 0 is the upper left corner). */
export function aimRay(camera: Camera, px: number, py: number): Vec {
  const sx = (px - camera.width / 2) / camera.focalPx;
  const sy = (camera.height / 2 - py) / camera.focalPx;
  return normalize(add(camera.forward, add(scale(camera.right, sx), scale(camera.up, sy))));
}

/** Where a point of the world is seen, in pixels. */
export function project(camera: Camera, point: Vec): readonly [number, number] {
  const d = subtract(point, camera.eye);
  const depth = dot(d, camera.forward);
  return [
    camera.width / 2 + (dot(d, camera.right) / depth) * camera.focalPx,
    camera.height / 2 - (dot(d, camera.up) / depth) * camera.focalPx,
  ];
}
