/**
 * A short clip in which the performer walks aside, turns and comes closer, to see what a result
 * takes over of place, facing and size: `node --conditions=development samples/walk.ts out.mp4`.
 * It is drawn when it is needed and not kept in the repository.
 */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { drawBackdrop } from './backdrop.ts';
import { type Camera, makeCamera } from './camera.ts';
import { makeFigure } from './figure.ts';
import { readTrack, type Track } from './keyframes.ts';
import { renderScene } from './ray-march.ts';
import { STUDIO } from './rooms.ts';
import type { ArmPose, FootPose, Pose } from './skeleton.ts';
import { clamp, smoothstep, type Vec } from './space.ts';
import { CHANNELS, SAMPLE_RATE } from './tune.ts';
import { writeClip } from './write-clip.ts';

const WALK = { width: 400, height: 600, fps: 12, durationS: 4 } as const;

/** Half a stride in seconds, and how far the feet are apart in metres. */
const STEP_S = 0.4;
const STANCE = 0.11;
/** Lens rays for each pixel of the empty room. */
const BACKDROP_RAYS = 8;
const SAMPLES = 1;
/** A track begins again after its length: a second more than the clip keeps its end still. */
const ROUND_S = 5;

/** Metres to the right of the picture, metres to the camera, radians to the right. */
const ASIDE: Track = [
  [0, -0.5],
  [0.2, -0.5],
  [1.5, 0.45],
  [2.7, 0.45],
  [3.8, 0],
  [4.2, 0],
];
const NEARER: Track = [
  [0, 0],
  [2.6, 0],
  [3.8, 1.9],
  [4.2, 1.9],
];
const FACING: Track = [
  [0, 0],
  [1.3, 0],
  [1.9, -1.05],
  [2.3, -1.05],
  [2.8, 0],
  [4.2, 0],
];

type Stand = { x: number; z: number; yaw: number };

/** Where the performer is after so many seconds, by the choreography itself. */
function standAt(seconds: number): Stand {
  const at = clamp(seconds, 0, WALK.durationS);
  const read = (track: Track): number => readTrack(track, ROUND_S, at);
  return { x: read(ASIDE), z: read(NEARER), yaw: read(FACING) };
}

/** The performer's pose after so many seconds. */
function poseWalk(seconds: number): Pose {
  const { x, z, yaw } = standAt(seconds);
  const stride = Math.cos((Math.PI * seconds) / STEP_S);
  return {
    hips: [x, -0.045 + 0.012 * Math.cos((2 * Math.PI * seconds) / STEP_S), z],
    pelvis: [yaw, 0.02, -0.03 * stride],
    chest: [0.06 * stride, -0.01, 0.03 * stride],
    head: [0, 0.03, 0],
    shrug: [0, 0],
    arms: [poseArm(0.2 * stride), poseArm(-0.2 * stride)],
    feet: [poseFoot(0, seconds), poseFoot(1, seconds)],
    face: { smile: 0.6, open: 0.1, blink: 0, brow: 0.2, gazeX: 0, gazeY: 0.02 },
  };
}

function poseArm(forward: number): ArmPose {
  return {
    upper: [0.42, -0.88, 0.02 + forward],
    lower: [0.4, -0.84, 0.25 + forward],
    palm: [-0.75, -0.1, 0.35],
    hand: [0.34, -0.88, 0.25 + forward],
    curl: 0.25,
  };
}

/** Feet take turns: one stands while the other swings to where the body will be. */
function poseFoot(side: 0 | 1, seconds: number): FootPose {
  const sign = side === 0 ? 1 : -1;
  const round = Math.floor(seconds / STEP_S);
  const isSwinging = round % 2 === side;
  const share = isSwinging ? smoothstep(0, 1, seconds / STEP_S - round) : 1;
  const landed = isSwinging ? round : round - 1;
  const from = placeFoot(sign, (landed - 0.5) * STEP_S);
  const to = placeFoot(sign, (landed + 1.5) * STEP_S);
  const between = (a: number, b: number): number => a + (b - a) * share;
  const moves = Math.hypot(to.x - from.x, to.z - from.z) + Math.abs(to.yaw - from.yaw) > 0.02;
  const lift = isSwinging && moves ? 0.05 * Math.sin(Math.PI * share) : 0;
  return {
    x: between(from.x, to.x),
    z: between(from.z, to.z),
    lift,
    turn: 0.2 + sign * between(from.yaw, to.yaw),
    tilt: 2 * lift,
  };
}

function placeFoot(sign: number, seconds: number): Stand {
  const { x, z, yaw } = standAt(seconds);
  return { x: x + sign * STANCE * Math.cos(yaw), z: z - sign * STANCE * Math.sin(yaw), yaw };
}

/** Low enough that the feet stay in the picture when the performer is near. */
function aimAtWalker(width: number, height: number): Camera {
  const [eye, target]: [Vec, Vec] = [
    [0, 0.88, 7],
    [0, 0.84, 0],
  ];
  return makeCamera(eye, target, 2.75, width, height);
}

/** Draws the clip to `file`, unless it is there already; silent. */
export async function provideWalk(file: string): Promise<void> {
  if (existsSync(file)) return;
  await mkdir(dirname(file), { recursive: true });
  const { durationS } = WALK;
  const sound = new Float32Array(durationS * SAMPLE_RATE * CHANNELS);
  await writeClip({ ...WALK, file, frames: drawFrames(), sound });
}

async function* drawFrames(): AsyncGenerator<Uint8Array> {
  const { width, height, fps, durationS } = WALK;
  const { look, light, ground, room } = STUDIO;
  const camera = aimAtWalker(width, height);
  const backdrop = drawBackdrop(room, camera, BACKDROP_RAYS);
  for (let frame = 0; frame < durationS * fps; frame += 1) {
    const pixels = new Uint8ClampedArray(width * height * 4);
    const parts = makeFigure(look, poseWalk(frame / fps));
    renderScene({ parts, camera, light, ground, backdrop, samples: SAMPLES }, pixels);
    yield new Uint8Array(pixels.buffer);
  }
}

if (import.meta.main) await provideWalk(process.argv[2] ?? 'walk.mp4');
