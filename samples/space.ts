/**
 * Points, directions and frames of three-dimensional space, in metres: x to the viewer's right,
 * y up, z towards the camera. Every function is pure and returns a new value.
 */
export type Vec = readonly [number, number, number];

/** A rigid frame: its three axes as unit vectors of the world, and where its origin stands. */
export type Frame = { x: Vec; y: Vec; z: Vec; origin: Vec };

export const add = (a: Vec, b: Vec): Vec => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
export const subtract = (a: Vec, b: Vec): Vec => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
export const scale = (a: Vec, by: number): Vec => [a[0] * by, a[1] * by, a[2] * by];
export const dot = (a: Vec, b: Vec): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const measure = (a: Vec): number => Math.hypot(a[0], a[1], a[2]);
export const normalize = (a: Vec): Vec => scale(a, 1 / (measure(a) || 1));
export const cross = (a: Vec, b: Vec): Vec => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
export const mix = (a: number, b: number, t: number): number => a + (b - a) * t;
export const mixVec = (a: Vec, b: Vec, t: number): Vec => [
  mix(a[0], b[0], t),
  mix(a[1], b[1], t),
  mix(a[2], b[2], t),
];
export const clamp = (value: number, low: number, high: number): number =>
  value < low ? low : Math.min(value, high);

/** Zero below `from`, one above `to`, with a soft start and a soft end between them. */
export function smoothstep(from: number, to: number, value: number): number {
  const t = clamp((value - from) / (to - from), 0, 1);
  return t * t * (3 - 2 * t);
}

/** The frame of the world itself. */
export const WORLD: Frame = { x: [1, 0, 0], y: [0, 1, 0], z: [0, 0, 1], origin: [0, 0, 0] };

/** A point of the frame, told in world coordinates. */
export function toWorld(frame: Frame, p: Vec): Vec {
  return add(frame.origin, turn(frame, p));
}

/** A direction of the frame, told in world coordinates. */
export function turn(frame: Frame, d: Vec): Vec {
  return add(add(scale(frame.x, d[0]), scale(frame.y, d[1])), scale(frame.z, d[2]));
}

/** A point of the world, told in coordinates of the frame. */
export function toLocal(frame: Frame, p: Vec): Vec {
  const d = subtract(p, frame.origin);
  return [dot(d, frame.x), dot(d, frame.y), dot(d, frame.z)];
}

/**
 * A frame that stands at `origin` (of the parent) and is turned against its parent by yaw (to
 * the figure's left), pitch (nodding forward) and roll (leaning to the figure's left), radians.
 */
export function attach(parent: Frame, origin: Vec, angles: Vec): Frame {
  const [yaw, pitch, roll] = angles;
  const [sy, cy] = [Math.sin(yaw), Math.cos(yaw)];
  const [sp, cp] = [Math.sin(pitch), Math.cos(pitch)];
  const [sr, cr] = [Math.sin(-roll), Math.cos(-roll)];
  // Yaw about y, then pitch about x, then roll about z: R = Ry * Rx * Rz.
  const x: Vec = [cy * cr + sy * sp * sr, cp * sr, -sy * cr + cy * sp * sr];
  const y: Vec = [-cy * sr + sy * sp * cr, cp * cr, sy * sr + cy * sp * cr];
  const z: Vec = [sy * cp, -sp, cy * cp];
  return {
    x: turn(parent, x),
    y: turn(parent, y),
    z: turn(parent, z),
    origin: toWorld(parent, origin),
  };
}

/** A frame whose y axis is `along` and whose z axis is as near to `facing` as that allows. */
export function aim(origin: Vec, along: Vec, facing: Vec): Frame {
  const y = normalize(along);
  const z = normalize(subtract(facing, scale(y, dot(facing, y))));
  return { x: cross(y, z), y, z, origin };
}
