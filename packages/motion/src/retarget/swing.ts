/**
 * Lets skirts and hair swing: damped springs that hang on the body, stable at every frame rate and
 * the same whichever frames are drawn.
 */

import { mapPoint, writeBoneMatrix, writeHeadMatrix } from '../model/bone-matrix.ts';
import { type Character, LIMB_BONES } from '../model/character.ts';
import { jointDistance } from '../model/joints.ts';
import { mix, smoothstep, softLimit } from '../model/scalar.ts';
import { findSway, type SwayNode, swayNodes } from '../model/sway.ts';
import { spineAngle, torsoCoordinates, torsoFrame, torsoPoint } from '../model/torso.ts';

/** The body of each frame that things hang on. */
export type SwingingBody = {
  joints: readonly Float32Array[];
  /** Turn of the head in radians. */
  roll: readonly number[];
  headScale: Float64Array;
  bodyScale: Float64Array;
};

/** When the frames are, and which of them begin another shot. */
export type SwingTiming = { fps: number; cuts: readonly number[] };

/** Natural frequency in hertz and damping ratio of what is held firmly and what swings freely. */
const FREQUENCY = { firm: 4.5, free: 2 } as const;
const DAMPING = { firm: 0.6, free: 0.18 } as const;
/** Damped against the body, not against the air: a little more than wholly, which makes it lead. */
const FOLLOW = 1.1;
/** Cloth over the thighs follows them by this much. */
const THIGH_SHARE = 0.6;
/** Up and down only half is seen. */
const VERTICAL = 0.5;
/** Nothing swings farther than this share of the spine. */
const LIMIT = 0.16;
const SUB_STEPS = 4;
/** At few frames a second a swing would look like a tremble: none below the first, all above. */
const FPS_RANGE = [3, 12] as const;

/**
 * Offsets of all nodes (x, y pairs in the order of `swayNodes`) in every frame, in picture pixels;
 * null for a character with nothing that swings. Each node is a damped harmonic oscillator about
 * the place that the body gives it, driven by how that place moves; within a sub-step the drive is
 * constant and the motion its exact solution, which no rate can make unstable.
 */
export function swing(
  character: Character,
  body: SwingingBody,
  { fps, cuts }: SwingTiming,
): Float32Array[] | null {
  const strength = smoothstep(...FPS_RANGE, fps);
  if (strength === 0 || body.joints.length === 0 || findSway(character) === null) return null;
  const nodes = swayNodes(character);
  const result = body.joints.map(() => new Float32Array(nodes.length * 2));
  const limit = LIMIT * Math.max(jointDistance(character.joints, 'pelvis', 'neck'), 1);
  const edges = [0, ...cuts, body.joints.length];
  for (const [n, node] of nodes.entries()) {
    const place = createTarget(character, node);
    const targets = body.joints.map((_, frame) => place(body, frame));
    for (const axis of [0, 1] as const) {
      const gain = strength * node.share * (axis === 1 ? VERTICAL : 1);
      for (let shot = 0; shot + 1 < edges.length; shot += 1) {
        const [from, to] = [edges[shot]!, edges[shot + 1]!];
        const path = Float64Array.from(targets.slice(from, to), (target) => target[axis]);
        for (const [i, away] of swingOnce(path, fps, node.share).entries()) {
          result[from + i]![n * 2 + axis] = softLimit(gain * away, limit);
        }
      }
    }
  }
  return result;
}

/** How far one thing that hangs on `path` is away from it in each sample. */
export function swingOnce(path: Float64Array, fps: number, share: number): Float64Array {
  const step = 1 / (fps * SUB_STEPS);
  const omega = 2 * Math.PI * mix(FREQUENCY.firm, FREQUENCY.free, share);
  const zeta = mix(DAMPING.firm, DAMPING.free, share);
  const propagate = createOscillator(omega, zeta, step);
  const last = path.length - 1;
  const speed = path.map(
    (_, i) => ((path[Math.min(i + 1, last)]! - path[Math.max(i - 1, 0)]!) / 2) * fps,
  );
  const drive = path.map((value, i) => {
    const before = path[Math.max(i - 1, 0)]!;
    const after = path[Math.min(i + 1, last)]!;
    const bend = i === 0 || i === last ? 0 : (after - 2 * value + before) * fps * fps;
    return -bend + 2 * zeta * omega * (FOLLOW - 1) * speed[i]!;
  });
  const away = new Float64Array(path.length);
  const state: [number, number] = [0, 0];
  for (let i = 1; i < path.length; i += 1) {
    for (let k = 0; k < SUB_STEPS; k += 1) {
      propagate(state, mix(drive[i - 1]!, drive[i]!, (k + 0.5) / SUB_STEPS));
    }
    away[i] = state[0];
  }
  return away;
}

/** The exact solution of x'' + 2 zeta omega x' + omega^2 x = drive over one step. */
function createOscillator(
  omega: number,
  zeta: number,
  step: number,
): (state: [number, number], drive: number) => void {
  const damped = omega * Math.sqrt(1 - zeta * zeta);
  const fade = Math.exp(-zeta * omega * step);
  const [cos, sin] = [Math.cos(damped * step), Math.sin(damped * step)];
  return (state, drive) => {
    const rest = drive / (omega * omega);
    const x = state[0] - rest;
    const v = state[1];
    state[0] = rest + fade * (x * cos + ((v + zeta * omega * x) / damped) * sin);
    state[1] = fade * (v * cos - ((omega * omega * x + zeta * omega * v) / damped) * sin);
  };
}

/** Where the body wants a node in each frame, as the mesh around it moves. */
function createTarget(
  character: Character,
  node: SwayNode,
): (body: SwingingBody, frame: number) => [number, number] {
  const { joints: bind } = character;
  const bindAngle = spineAngle(bind);
  const [u, v] = torsoCoordinates(torsoFrame(bind, bindAngle), node.x, node.y);
  const thigh = LIMB_BONES[node.side > 0 ? 'leftThigh' : 'rightThigh'];
  const point = new Float64Array(2);
  const matrix = new Float64Array(6);
  return (body, frame) => {
    const joints = body.joints[frame]!;
    torsoPoint(torsoFrame(joints, bindAngle), u, v, point, 0);
    const [x, y] = [point[0]!, point[1]!];
    if (node.part === 'skirt')
      writeBoneMatrix(bind, joints, thigh, body.bodyScale[frame]!, matrix, 0);
    else writeHeadMatrix(bind, joints, body.roll[frame]!, body.headScale[frame]!, matrix, 0);
    mapPoint(matrix, 0, node.x, node.y, point);
    const share = node.part === 'skirt' ? THIGH_SHARE * node.share : 1 - node.share / 2;
    return [mix(x, point[0]!, share), mix(y, point[1]!, share)];
  };
}
