/** A puppet of coloured rectangles with known joints, and motions of the same figure, for tests. */

import {
  BONES,
  type Bone,
  type Character,
  INFLUENCES_MAX,
  JOINTS,
  type Joint,
  LIMB_BONES,
  LIMBS,
  type Mesh,
} from '../model/character.ts';
import type { RgbaImage } from '../model/image.ts';
import type { Motion } from '../model/motion.ts';
import type { PerformanceFrame } from '../model/performance.ts';
import { POSE, POSE_LANDMARK_COUNT, POSE_STRIDE, type Pose } from '../model/pose.ts';

export type Places = Record<Joint, readonly [x: number, y: number]>;

export const FIGURE_WIDTH = 240;
export const FIGURE_HEIGHT = 360;

/** Standing with hanging arms in a picture of {@link FIGURE_WIDTH} x {@link FIGURE_HEIGHT}. */
export const STANDING: Places = {
  pelvis: [120, 190],
  neck: [120, 110],
  head: [120, 80],
  leftShoulder: [146, 110],
  leftElbow: [152, 150],
  leftWrist: [155, 188],
  leftHand: [156, 202],
  rightShoulder: [94, 110],
  rightElbow: [88, 150],
  rightWrist: [85, 188],
  rightHand: [84, 202],
  leftHip: [136, 190],
  leftKnee: [138, 250],
  leftAnkle: [138, 310],
  leftFoot: [146, 322],
  rightHip: [104, 190],
  rightKnee: [102, 250],
  rightAnkle: [102, 310],
  rightFoot: [94, 322],
};

/** Colour of each part, so that a test can find it in a picture. */
export const COLOURS: Partial<Record<Bone, readonly [number, number, number]>> = {
  torso: [200, 60, 60],
  head: [230, 190, 150],
  leftUpperArm: [40, 160, 60],
  leftForearm: [40, 60, 220],
  leftHand: [250, 240, 40],
  rightUpperArm: [120, 180, 60],
  rightForearm: [120, 60, 220],
  rightHand: [160, 240, 40],
};
const LEG_COLOUR = [70, 70, 90] as const;
const BACKGROUND = [225, 228, 232] as const;
const HALF_WIDTH = 7;
const CELLS = 6;

type Part = { bone: Bone; corners: readonly (readonly [number, number])[] };

/** Joints as the model stores them. */
export function jointsOf(places: Places): Float32Array {
  return Float32Array.from(JOINTS.flatMap((joint) => places[joint]));
}

/** The pose that a perfect tracker would find: every point of a body part lies on its joint. */
export function poseOf(places: Places, visibility = 1): Pose {
  const pose = new Float32Array(POSE_LANDMARK_COUNT * POSE_STRIDE);
  const set = (point: number, [x, y]: readonly [number, number]): void => {
    pose.set([x, y, 0, visibility], point * POSE_STRIDE);
  };
  const [x, y] = places.head;
  for (let point = 0; point <= POSE.mouthRight; point += 1) set(point, [x, y]);
  set(POSE.leftEar, [x + 12, y]);
  set(POSE.rightEar, [x - 12, y]);
  set(POSE.leftEyeOuter, [x + 8, y - 3]);
  set(POSE.rightEyeOuter, [x - 8, y - 3]);
  for (const side of ['left', 'right'] as const) {
    for (const part of ['Shoulder', 'Elbow', 'Wrist', 'Hip', 'Knee', 'Ankle'] as const) {
      set(POSE[`${side}${part}`], places[`${side}${part}`]);
    }
    for (const finger of ['Pinky', 'Index', 'Thumb'] as const) {
      set(POSE[`${side}${finger}`], places[`${side}Hand`]);
    }
    set(POSE[`${side}Heel`], places[`${side}Ankle`]);
    set(POSE[`${side}FootIndex`], places[`${side}Foot`]);
  }
  return pose;
}

/** A motion with one frame for each set of places; null is a frame in which nobody was found. */
export function motionOf(frames: readonly (Places | null)[], fps = 25): Motion {
  return {
    width: FIGURE_WIDTH,
    height: FIGURE_HEIGHT,
    fps,
    durationMs: (frames.length / fps) * 1000,
    frames: frames.map((places, i) => ({
      timeMs: (i / fps) * 1000,
      pose: places && poseOf(places),
      face: null,
      mouth: null,
    })),
    findings: [],
  };
}

/** Moves some joints. */
export function moved(places: Places, changes: Partial<Places>): Places {
  return { ...places, ...changes };
}

/** Moves all joints. */
export function shifted(places: Places, dx: number, dy: number): Places {
  const entries = JOINTS.map((joint) => [joint, [places[joint][0] + dx, places[joint][1] + dy]]);
  return Object.fromEntries(entries) as Places;
}

/** The figure with its left arm straight up, as long as it hangs. */
export const ARM_RAISED: Places = moved(STANDING, {
  leftElbow: [150, 70],
  leftWrist: [152, 32],
  leftHand: [153, 18],
});

/** The puppet of {@link STANDING} in one layer. */
export function stickFigure(): Character {
  const joints = jointsOf(STANDING);
  const parts = partsOf(STANDING);
  const plate = filled(BACKGROUND, 255);
  const texture = filled([0, 0, 0], 0);
  const picture = filled(BACKGROUND, 255);
  for (const part of parts) {
    const colour = COLOURS[part.bone] ?? LEG_COLOUR;
    for (const image of [texture, picture]) paintPart(image, part, colour);
  }
  return {
    width: FIGURE_WIDTH,
    height: FIGURE_HEIGHT,
    pose: poseOf(STANDING),
    face: null,
    framing: 'full-body',
    joints,
    movingLimbs: [...LIMBS],
    layers: [{ name: 'body', texture, x: 0, y: 0, mesh: meshOf(parts) }],
    plate,
    picture,
    findings: [],
  };
}

/** A frame that changes nothing but the joints. */
export function frameOf(joints: Float32Array): PerformanceFrame {
  return {
    timeMs: 0,
    joints,
    head: { yaw: 0, pitch: 0, roll: 0 },
    headScale: 1,
    bodyScale: 1,
    face: null,
    limbsBehind: [],
  };
}

/** Mean place of the pixels of one colour, or null when there are none. */
export function findColour(
  image: RgbaImage,
  colour: readonly [number, number, number],
): { x: number; y: number; count: number } | null {
  let x = 0;
  let y = 0;
  let count = 0;
  for (let i = 0; i < image.width * image.height; i += 1) {
    const near = [0, 1, 2].every((k) => Math.abs(image.data[i * 4 + k]! - colour[k]!) <= 12);
    if (!near) continue;
    x += (i % image.width) + 0.5;
    y += Math.floor(i / image.width) + 0.5;
    count += 1;
  }
  return count === 0 ? null : { x: x / count, y: y / count, count };
}

function partsOf(places: Places): Part[] {
  const parts: Part[] = [];
  for (const [bone, [from, to]] of Object.entries(LIMB_BONES)) {
    parts.push({ bone: bone as Bone, corners: strip(places[from], places[to]) });
  }
  const [sl, sr, hl, hr] = [
    places.leftShoulder,
    places.rightShoulder,
    places.leftHip,
    places.rightHip,
  ];
  parts.push({ bone: 'torso', corners: [sr, sl, hl, hr] });
  const [x, y] = places.head;
  const square = [
    [x - 16, y - 22],
    [x + 16, y - 22],
    [x + 16, y + 20],
    [x - 16, y + 20],
  ] as const;
  parts.push({ bone: 'head', corners: square });
  return parts;
}

function strip(a: readonly [number, number], b: readonly [number, number]): Part['corners'] {
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
  const x = (-(b[1] - a[1]) / length) * HALF_WIDTH;
  const y = ((b[0] - a[0]) / length) * HALF_WIDTH;
  return [
    [a[0] + x, a[1] + y],
    [b[0] + x, b[1] + y],
    [b[0] - x, b[1] - y],
    [a[0] - x, a[1] - y],
  ];
}

/** Each part a grid of quads, carried by its bone alone. */
function meshOf(parts: readonly Part[]): Mesh {
  const positions: number[] = [];
  const triangles: number[] = [];
  const bones: number[] = [];
  for (const { bone, corners } of parts) {
    const base = positions.length / 2;
    const [a, b, c, d] = corners as readonly [
      readonly [number, number],
      readonly [number, number],
      readonly [number, number],
      readonly [number, number],
    ];
    for (let row = 0; row <= CELLS; row += 1) {
      for (let column = 0; column <= CELLS; column += 1) {
        const s = column / CELLS;
        const t = row / CELLS;
        for (const axis of [0, 1] as const) {
          const top = a[axis] + s * (b[axis] - a[axis]);
          const bottom = d[axis] + s * (c[axis] - d[axis]);
          positions.push(top + t * (bottom - top));
        }
        bones.push(BONES.indexOf(bone));
      }
    }
    for (let row = 0; row < CELLS; row += 1) {
      for (let column = 0; column < CELLS; column += 1) {
        const at = base + row * (CELLS + 1) + column;
        const below = at + CELLS + 1;
        triangles.push(at, at + 1, below, at + 1, below + 1, below);
      }
    }
  }
  const boneIndices = new Uint8Array(bones.length * INFLUENCES_MAX);
  const boneWeights = new Float32Array(bones.length * INFLUENCES_MAX);
  for (const [vertex, bone] of bones.entries()) {
    boneIndices[vertex * INFLUENCES_MAX] = bone;
    boneWeights[vertex * INFLUENCES_MAX] = 1;
  }
  return {
    positions: Float32Array.from(positions),
    triangles: Uint32Array.from(triangles),
    boneIndices,
    boneWeights,
  };
}

function filled(colour: readonly [number, number, number], alpha: number): RgbaImage {
  const data = new Uint8Array(FIGURE_WIDTH * FIGURE_HEIGHT * 4);
  for (let i = 0; i < data.length; i += 4) data.set([...colour, alpha], i);
  return { width: FIGURE_WIDTH, height: FIGURE_HEIGHT, data };
}

function paintPart(
  image: RgbaImage,
  { corners }: Part,
  colour: readonly [number, number, number],
): void {
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  for (let y = Math.floor(Math.min(...ys)); y < Math.max(...ys); y += 1) {
    for (let x = Math.floor(Math.min(...xs)); x < Math.max(...xs); x += 1) {
      if (isInside(corners, x + 0.5, y + 0.5)) {
        image.data.set([...colour, 255], (y * image.width + x) * 4);
      }
    }
  }
}

function isInside(corners: Part['corners'], x: number, y: number): boolean {
  let sign = 0;
  for (const [i, [ax, ay]] of corners.entries()) {
    const [bx, by] = corners[(i + 1) % corners.length]!;
    const side = (bx - ax) * (y - ay) - (by - ay) * (x - ax);
    if (side === 0) continue;
    if (sign !== 0 && Math.sign(side) !== sign) return false;
    sign = Math.sign(side);
  }
  return true;
}
