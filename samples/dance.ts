/**
 * The choreography of the clip: sixteen beats that end where they began. Step and touch; arms
 * up and sway; a wave to the camera; arms high in turn. The same beat always gives the same pose.
 */
import { type Camera, makeCamera } from './camera.ts';
import { type Key, readBumps, readTrack, type Track } from './keyframes.ts';
import type { ArmPose, FacePose, FootPose, Pose } from './skeleton.ts';
import { add, clamp, scale, subtract, type Vec } from './space.ts';

export const BEATS_PER_MINUTE = 128;
export const BEATS = 16;
export const DURATION_S = (BEATS * 60) / BEATS_PER_MINUTE;

/** Directions of upper arm and forearm in the chest's frame (x outward), the palm, the fingers. */
type ArmShape = { upper: Vec; lower: Vec; palm: Vec; curl: number };

const SHAPES = {
  low: { upper: [0.42, -0.9, -0.06], lower: [0.42, -0.84, 0.32], palm: [-0.8, 0, 0.4], curl: 0.3 },
  easy: { upper: [0.46, -0.88, 0.06], lower: [0.46, -0.66, 0.55], palm: [-0.7, 0, 0.5], curl: 0.3 },
  bent: { upper: [0.6, -0.78, 0.2], lower: [0.42, 0.68, 0.58], palm: [-0.6, 0, 0.6], curl: 0.55 },
  upOut: { upper: [0.62, 0.74, 0.1], lower: [0.42, 0.9, 0.12], palm: [-0.2, 0, 1], curl: 0.08 },
  upIn: { upper: [0.5, 0.84, 0.14], lower: [-0.34, 0.92, 0.16], palm: [-0.2, 0, 1], curl: 0.08 },
  fold: { upper: [0.72, -0.3, 0.24], lower: [0.1, 0.84, 0.5], palm: [-0.3, 0, 0.9], curl: 0.35 },
  waveOut: { upper: [0.74, -0.22, 0.32], lower: [0.42, 0.88, 0.24], palm: [0, 0, 1], curl: 0.02 },
  waveIn: { upper: [0.78, -0.1, 0.3], lower: [-0.2, 0.95, 0.26], palm: [0, 0, 1], curl: 0.04 },
  high: { upper: [0.58, 0.72, 0.12], lower: [0.4, 0.9, 0.1], palm: [-0.3, 0, 1], curl: 0.02 },
} as const satisfies Record<string, ArmShape>;

type ArmKey = readonly [beat: number, shape: keyof typeof SHAPES];

/** The figure's left arm, then the right. Arms come a little after the beat, as weight does. */
const ARM_KEYS: readonly [readonly ArmKey[], readonly ArmKey[]] = [
  [
    [0.15, 'low'],
    [1.15, 'bent'],
    [2.15, 'low'],
    [3.1, 'bent'],
    [3.55, 'fold'],
    [4.1, 'upOut'],
    [5.1, 'upIn'],
    [6.1, 'upOut'],
    [7.1, 'upIn'],
    [7.65, 'fold'],
    [8.2, 'low'],
    [9.2, 'easy'],
    [10.2, 'low'],
    [11.15, 'easy'],
    [11.65, 'fold'],
    [12.1, 'high'],
    [12.45, 'high'],
    [12.8, 'fold'],
    [13.2, 'easy'],
    [13.65, 'fold'],
    [14.1, 'high'],
    [14.45, 'high'],
    [14.8, 'fold'],
    [15.2, 'easy'],
  ],
  [
    [0.15, 'bent'],
    [1.15, 'low'],
    [2.15, 'bent'],
    [3.05, 'low'],
    [3.55, 'fold'],
    [4.1, 'upIn'],
    [5.1, 'upOut'],
    [6.1, 'upIn'],
    [7.1, 'upOut'],
    [8.1, 'waveIn'],
    [8.6, 'waveOut'],
    [9.1, 'waveIn'],
    [9.6, 'waveOut'],
    [10.1, 'waveIn'],
    [10.6, 'waveOut'],
    [11.1, 'waveIn'],
    [11.65, 'fold'],
    [12.2, 'easy'],
    [12.65, 'fold'],
    [13.1, 'high'],
    [13.45, 'high'],
    [13.8, 'fold'],
    [14.2, 'easy'],
    [14.65, 'fold'],
    [15.1, 'high'],
    [15.45, 'high'],
  ],
];

/** Which hip carries the weight: positive is the figure's left. */
const WEIGHT: Track = [
  [0, 1],
  [0.4, 1],
  [2, -1],
  [2.4, -1],
  [4, 1],
  [5, -1],
  [6, 1],
  [7, -1],
  [8, 0.7],
  [9, -0.7],
  [10, 0.7],
  [11, -0.7],
  [12, 1],
  [13, -1],
  [14, 1],
  [15, -1],
];

/** Deeper knees while the arms go high. */
const DEPTH: Track = [
  [0, 0.022],
  [4, 0.03],
  [8, 0.016],
  [11.5, 0.02],
  [12, 0.05],
  [12.5, 0.02],
  [13, 0.05],
  [13.5, 0.02],
  [14, 0.05],
  [14.5, 0.02],
  [15, 0.05],
  [15.5, 0.022],
];

const FOOT_X: readonly [Track, Track] = [
  [
    [0, 0.165],
    [1.3, 0.165],
    [2, 0.105],
    [2.3, 0.105],
    [3, 0.165],
    [7.6, 0.165],
    [8.3, 0.14],
    [11.5, 0.14],
    [12, 0.165],
  ],
  [
    [0, -0.105],
    [0.3, -0.105],
    [1, -0.165],
    [7.2, -0.165],
    [8, -0.14],
    [11.5, -0.14],
    [12.4, -0.18],
    [15.3, -0.18],
  ],
];

/** Beats at which a foot is highest: small steps, then high ones. */
const SMALL_STEPS = [
  [1.65, 2.65, 7.95, 11.75],
  [0.65, 7.6, 12.2, 15.65],
] as const;
const HIGH_STEPS = [
  [9, 11],
  [8, 10],
] as const;

const HEAD_YAW: Track = [
  [0, 0.24],
  [2, -0.26],
  [3.6, 0],
  [4.2, 0.12],
  [5.2, -0.12],
  [6.2, 0.12],
  [7.2, -0.12],
  [8.3, -0.06],
  [11.2, 0.02],
  [12.2, 0.32],
  [13.2, -0.32],
  [14.2, 0.3],
  [15.2, -0.28],
];

const HEAD_ROLL: Track = [
  [0, 0.1],
  [2, -0.1],
  [4.2, 0.12],
  [5.2, -0.12],
  [6.2, 0.12],
  [7.2, -0.12],
  [8.4, -0.2],
  [9.8, -0.06],
  [10.8, -0.2],
  [12.2, 0.04],
  [13.2, -0.06],
  [14.2, 0.06],
  [15.2, -0.05],
];

const HEAD_PITCH: Track = [
  [0, 0.04],
  [3.6, 0.03],
  [4.4, -0.1],
  [7.3, -0.06],
  [8.4, 0.05],
  [11.5, 0.03],
  [12.2, -0.1],
  [12.8, 0.02],
  [13.2, -0.1],
  [13.8, 0.02],
  [14.2, -0.1],
  [14.8, 0.02],
  [15.2, -0.08],
];

const SMILE: Track = [
  [0, 0.75],
  [4, 0.6],
  [8, 1],
  [11.6, 0.95],
  [12.5, 0.65],
  [15, 0.85],
];

/** Beats at which the mouth is widest, as if singing along with the tune. */
const SYLLABLES = [1.1, 3.1, 4.15, 5.1, 5.6, 6.15, 7.1, 8.35, 12.1, 13.1, 14.1, 15.1] as const;
const BLINKS = [1.62, 4.6, 7.55, 10.0, 12.6, 15.5] as const;

const read = (track: Track, beat: number): number => readTrack(track, BEATS, beat);
const bumps = (places: readonly number[], width: number, beat: number): number =>
  readBumps(places, width, BEATS, beat);

function readShape(side: 0 | 1, pick: (shape: ArmShape) => number, beat: number): number {
  const keys = ARM_KEYS[side].map(([at, name]): Key => [at, pick(SHAPES[name])]);
  return read(keys, beat);
}

function readVec(side: 0 | 1, field: 'upper' | 'lower' | 'palm', beat: number): Vec {
  const axis = (i: 0 | 1 | 2): number => readShape(side, (shape) => shape[field][i], beat);
  return [axis(0), axis(1), axis(2)];
}

/** Forearm after upper arm, hand after forearm: what hangs farther out comes later. */
function poseArm(side: 0 | 1, beat: number): ArmPose {
  const lower = readVec(side, 'lower', beat - 0.05);
  const late = readVec(side, 'lower', beat - 0.19);
  const drag = scale(subtract(late, lower), 0.75);
  return {
    upper: readVec(side, 'upper', beat + 0.03),
    lower,
    palm: readVec(side, 'palm', beat - 0.05),
    hand: add(lower, drag),
    curl: clamp(
      readShape(side, (shape) => shape.curl, beat - 0.12),
      0,
      1,
    ),
  };
}

function poseFoot(side: 0 | 1, beat: number): FootPose {
  const sign = side === 0 ? 1 : -1;
  const small = bumps(SMALL_STEPS[side], 0.26, beat);
  const high = bumps(HIGH_STEPS[side], 0.3, beat);
  const free = clamp(-read(WEIGHT, beat) * sign, 0, 1);
  // The heel of the free foot rises; the ankle goes with it about the ball of the foot.
  const tilt = 0.26 * free * (1 - clamp(small + high, 0, 1)) + 0.34 * high + 0.2 * small;
  return {
    x: read(FOOT_X[side], beat),
    z: (side === 0 ? 0 : -0.012) + 0.02 * high,
    lift: 0.035 * small + 0.115 * high + 0.118 * Math.sin(tilt),
    turn: 0.27,
    tilt,
  };
}

function poseFace(beat: number, yaw: number): FacePose {
  const open = bumps(SYLLABLES, 0.2, beat);
  return {
    smile: read(SMILE, beat) * (1 - 0.3 * clamp(open, 0, 1)),
    open: 0.08 + 0.75 * clamp(open, 0, 1),
    blink: clamp(1.25 * bumps(BLINKS, 0.13, beat), 0, 1),
    brow: 0.15 + 0.55 * bumps([4.2, 6.2, 8.5, 12.2, 13.2, 14.2, 15.2], 0.4, beat),
    gazeX: clamp(-yaw * 1.6, -0.7, 0.7),
    gazeY: 0.05,
  };
}

/** The performer's pose at a beat from 0 to 16. */
export function poseDance(beat: number): Pose {
  const weight = read(WEIGHT, beat);
  const after = read(WEIGHT, beat - 0.22);
  const yaw = read(HEAD_YAW, beat - 0.06);
  const bounce = Math.cos(2 * Math.PI * (beat - 0.04));
  const overhead = (side: 0 | 1): number => clamp(poseArm(side, beat).upper[1] + 0.2, 0, 1);
  const lift: readonly [number, number] = [0.03 * overhead(0), 0.03 * overhead(1)];
  return {
    hips: [0.06 * weight, -0.03 - read(DEPTH, beat) - 0.016 * bounce, 0.012 * bounce],
    pelvis: [-0.1 * after, 0.04, -0.075 * weight],
    chest: [0.14 * after, -0.02 + 0.03 * bounce, 0.11 * after],
    head: [yaw, read(HEAD_PITCH, beat - 0.06) + 0.035 * bounce, read(HEAD_ROLL, beat - 0.06)],
    shrug: lift,
    arms: [poseArm(0, beat), poseArm(1, beat)],
    feet: [poseFoot(0, beat), poseFoot(1, beat)],
    face: poseFace(beat, yaw),
  };
}

/** Far enough away for arms held high. */
export function aimAtDancer(width: number, height: number): Camera {
  return makeCamera([0, 1.15, 7], [0, 1.045, 0], 2.46, width, height);
}
