/** A made-up performer of any proportions, place, size, rate and length, for tests. */

import type { Motion } from '../../model/motion.ts';
import {
  FACE,
  FACE_LANDMARK_COUNT,
  FACE_STRIDE,
  type Face,
  POSE,
  POSE_LANDMARK_COUNT,
  POSE_STRIDE,
  type Pose,
} from '../../model/pose.ts';

export type Actor = {
  /** Pixels of one length unit, and of the middle of the shoulders. */
  scale: number;
  x: number;
  y: number;
  /** Lengths of the bones against those of the usual actor. */
  arms: number;
  legs: number;
  hasFace: boolean;
  fps: number;
  seconds: number;
  /** Seconds that the performance lags behind. */
  lag: number;
  /** Time at which the performance stops; Infinity for never. */
  frozenAt: number;
  /** Pixels by which every joint trembles from frame to frame. */
  tremble: number;
  /** Pixels a second by which the feet slide. */
  slide: number;
  width: number;
  height: number;
};

const USUAL: Actor = {
  scale: 100,
  x: 360,
  y: 300,
  arms: 1,
  legs: 1,
  hasFace: true,
  fps: 25,
  seconds: 3,
  lag: 0,
  frozenAt: Number.POSITIVE_INFINITY,
  tremble: 0,
  slide: 0,
  width: 720,
  height: 1280,
};

/** The usual performance: both arms wave, the knees stay, the mouth talks, the head turns. */
export function act(changes: Partial<Actor> = {}): Motion {
  const actor = { ...USUAL, ...changes };
  const { fps, seconds, width, height, hasFace } = actor;
  const count = Math.round(fps * seconds);
  return {
    width,
    height,
    fps,
    durationMs: seconds * 1000,
    frames: Array.from({ length: count }, (_, i) => {
      const time = Math.min(i / fps - actor.lag, actor.frozenAt);
      return {
        timeMs: (1000 * i) / fps,
        pose: poseAt(actor, time, i),
        face: hasFace ? faceAt(actor, time) : null,
        mouth: null,
      };
    }),
    findings: [],
  };
}

function poseAt(actor: Actor, time: number, index: number): Pose {
  const { scale, arms, legs } = actor;
  const pose = new Float32Array(POSE_LANDMARK_COUNT * POSE_STRIDE);
  const sway = 0.15 * Math.sin(2 * time);
  const put = (point: number, x: number, y: number): readonly [number, number] => {
    const shake = actor.tremble * (((index * 7 + point * 3) % 5) - 2);
    const place = [actor.x + scale * (x + sway), actor.y + scale * y] as const;
    pose.set([place[0] + shake, place[1] + shake, 0, 1], point * POSE_STRIDE);
    return [x, y];
  };
  for (let point = 0; point <= POSE.mouthRight; point += 1) put(point, 0, -0.5);
  for (const [side, sign] of [
    ['left', 1],
    ['right', -1],
  ] as const) {
    const wave = 1.2 * Math.sin(3 * time + (sign > 0 ? 0 : 1));
    const shoulder = put(POSE[`${side}Shoulder`], 0.4 * sign, 0);
    const elbow = step(shoulder, 0.6 * arms, Math.PI / 2 - sign * (0.6 + wave / 2));
    put(POSE[`${side}Elbow`], ...elbow);
    put(POSE[`${side}Wrist`], ...step(elbow, 0.55 * arms, Math.PI / 2 - sign * (0.9 + wave)));
    put(POSE[`${side}Hip`], 0.25 * sign, 1.1);
    const slide = (actor.slide * index) / actor.fps / scale;
    put(POSE[`${side}Knee`], 0.27 * sign, 1.1 + 0.9 * legs);
    put(POSE[`${side}Ankle`], 0.3 * sign - sway + slide, 1.1 + 1.8 * legs);
  }
  return pose;
}

function step(
  from: readonly [number, number],
  length: number,
  angle: number,
): readonly [number, number] {
  return [from[0] + length * Math.cos(angle), from[1] + length * Math.sin(angle)];
}

/** A face whose mouth, brows and lids move and whose head turns to the side and rolls. */
function faceAt({ x, y, scale }: Actor, time: number): Face {
  const face = new Float32Array(FACE_LANDMARK_COUNT * FACE_STRIDE);
  const yaw = 0.3 * Math.sin(1.3 * time);
  const roll = 0.1 * Math.sin(1.9 * time);
  const put = (point: number, u: number, v: number, w: number): void => {
    const turned = [u * Math.cos(yaw) + w * Math.sin(yaw), w * Math.cos(yaw) - u * Math.sin(yaw)];
    const [a, c] = turned as [number, number];
    const place = [
      a * Math.cos(roll) - v * Math.sin(roll),
      a * Math.sin(roll) + v * Math.cos(roll),
      c,
    ];
    face.set(
      [x + scale * place[0]!, y + scale * (place[1]! - 0.5), scale * place[2]!],
      point * FACE_STRIDE,
    );
  };
  const open = 0.06 * (1 + Math.sin(8 * time));
  const lid = 0.02 * (1 + Math.sin(5 * time));
  const brow = 0.02 * Math.sin(2.5 * time);
  put(FACE.forehead, 0, -0.2, 0);
  put(151, 0, -0.17, -0.02);
  put(197, 0, -0.02, -0.06);
  put(195, 0, 0.01, -0.08);
  put(FACE.upperLip, 0, 0.1 - open / 4, -0.05);
  put(FACE.lowerLip, 0, 0.1 + open, -0.05);
  const sides = [
    { sign: -1, side: FACE.rightSide, temple: 127, lip: FACE.mouthRight },
    { sign: 1, side: FACE.leftSide, temple: 356, lip: FACE.mouthLeft },
  ];
  for (const { sign, side, temple, lip } of sides) {
    put(side, 0.17 * sign, 0, 0.1);
    put(temple, 0.17 * sign, -0.05, 0.1);
    put(lip, (0.06 + open / 5) * sign, 0.1, -0.02);
  }
  const eyes = [
    { sign: -1, of: 'right', brows: [63, 105, 66, 70, 107] },
    { sign: 1, of: 'left', brows: [293, 334, 296, 300, 336] },
  ] as const;
  for (const { sign, of, brows } of eyes) {
    put(FACE[`${of}EyeOuter`], 0.11 * sign, -0.05, 0);
    put(FACE[`${of}EyeInner`], 0.04 * sign, -0.05, -0.01);
    put(FACE[`${of}EyeTop`], 0.075 * sign, -0.06 - lid, -0.02);
    put(FACE[`${of}EyeBottom`], 0.075 * sign, -0.045, -0.02);
    for (const [i, point] of brows.entries()) {
      put(point, (0.04 + 0.017 * i) * sign, -0.1 - brow, -0.02);
    }
  }
  return face;
}
