/** Where a virtual camera looks in each frame; it never sees past the border of the picture. */

import type { Point } from '../model/geometry.ts';
import { clamp, mix, smoothstep } from '../model/scalar.ts';
import type { CameraMove } from './read-prompt.ts';
import type { Affine } from './warp.ts';

/** What a camera has to know of the video. */
export type Shot = {
  width: number;
  height: number;
  fps: number;
  frameCount: number;
  /** What it comes closer to; stays where it is in the frame while it grows. */
  focus: Point;
};

/** A section of the picture: `zoom` 1 is all of it. */
export type View = {
  zoom: number;
  /** Middle of the section in pixels of the picture. */
  x: number;
  y: number;
  /** Radians, clockwise. */
  roll: number;
};

/** Enlargement at the near end of a push in or pull out of strength 1. */
const NEAR_ZOOM = 1.32;
/** Enlargement that gives pan and tilt room to move. */
const PAN_ZOOM = 1.16;
/** A pan ends this share of its room before the border. */
const PAN_REACH = 0.96;
/** Enlargement, share of its room, and tilt of a camera in a hand. */
const HAND_ZOOM = 1.05;
const HAND_REACH = 0.7;
const HAND_ROLL = (0.45 * Math.PI) / 180;
/**
 * A standing person sways slowly, and the hand trembles a little faster: frequency in hertz and
 * weight; no two are multiples, so that it does not repeat.
 */
const SWAY: readonly (readonly [number, number])[] = [
  [0.23, 0.46],
  [0.61, 0.32],
  [1.37, 0.16],
  [3.1, 0.06],
];

/** The section of the picture that frame `index` shows. */
export function viewAt(moves: readonly CameraMove[], shot: Shot, index: number): View {
  const { width, height, focus } = shot;
  const done = easedShare(shot, index);
  let distance = 1;
  let room = 1;
  let [aside, above, roll] = [0, 0, 0];
  for (const { name, strength } of moves) {
    if (name === 'push in') distance *= NEAR_ZOOM ** (strength * done);
    if (name === 'pull out') distance *= NEAR_ZOOM ** (strength * (1 - done));
    const course = PAN_REACH * (2 * done - 1);
    const pan = { 'pan left': -1, 'pan right': 1, 'tilt up': -1, 'tilt down': 1 }[String(name)];
    if (pan !== undefined) room *= PAN_ZOOM ** strength;
    if (name.startsWith('pan')) aside += course * (pan ?? 0);
    if (name.startsWith('tilt')) above += course * (pan ?? 0);
    if (name === 'handheld') {
      const seconds = index / shot.fps;
      room *= HAND_ZOOM ** strength;
      aside += HAND_REACH * sway(seconds, 0);
      above += HAND_REACH * sway(seconds, 2);
      roll += HAND_ROLL * strength * sway(seconds, 4);
    }
  }
  const near = {
    x: mix(focus.x, width / 2, 1 / distance),
    y: mix(focus.y, height / 2, 1 / distance),
  };
  const slack = (1 - 1 / room) / (2 * distance);
  return keepInside(
    {
      zoom: distance * room,
      x: near.x + aside * slack * width,
      y: near.y + above * slack * height,
      roll,
    },
    shot,
  );
}

/** How far the clip has come, 0..1, for a move that starts and ends gently. */
export function easedShare({ frameCount }: Pick<Shot, 'frameCount'>, index: number): number {
  return frameCount < 2 ? 0 : smoothstep(0, 1, index / (frameCount - 1));
}

function sway(seconds: number, phase: number): number {
  return SWAY.reduce(
    (sum, [hertz, weight], at) =>
      sum + weight * Math.sin(2 * Math.PI * hertz * seconds + phase + at * phase * 1.7 + at),
    0,
  );
}

/** Comes closer when a rolled section is too large, and moves it away from the border. */
function keepInside(view: View, { width, height }: Shot): View {
  const [cos, sin] = [Math.cos(view.roll), Math.abs(Math.sin(view.roll))];
  const across = cos * width + sin * height;
  const along = sin * width + cos * height;
  const zoom = Math.max(view.zoom, across / width, along / height);
  return {
    zoom,
    x: clamp(view.x, across / zoom / 2, width - across / zoom / 2),
    y: clamp(view.y, along / zoom / 2, height - along / zoom / 2),
    roll: view.roll,
  };
}

/** From a place in the frame to the place in the picture that is seen there. */
export function affineOf(view: View, { width, height }: Shot): Affine {
  const xx = Math.cos(view.roll) / view.zoom;
  const yx = Math.sin(view.roll) / view.zoom;
  return {
    xx,
    xy: -yx,
    x0: view.x - xx * (width / 2) + yx * (height / 2),
    yx,
    yy: xx,
    y0: view.y - yx * (width / 2) - xx * (height / 2),
  };
}
