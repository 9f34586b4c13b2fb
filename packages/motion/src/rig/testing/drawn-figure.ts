/**
 * Draws a simple person whose joints, parts and outline are known exactly, and detectors that
 * report them.
 */

import type { DetectedFace, DetectedPose } from '../../detect/detectors.ts';
import { blurBox } from '../../model/blur.ts';
import type { Point } from '../../model/geometry.ts';
import type { Plane, RgbaImage } from '../../model/image.ts';
import {
  FACE_LANDMARK_COUNT,
  FACE_STRIDE,
  type Face,
  POSE,
  POSE_LANDMARK_COUNT,
  POSE_STRIDE,
  type Pose,
} from '../../model/pose.ts';
import { clamp } from '../../model/scalar.ts';
import { distanceToSegment } from '../../model/segment.ts';

export type Arms = 'apart' | 'hanging' | 'folded' | 'sleeved';
/** Rims of wide sleeves: drawn, cast as a shadow, or so that nothing tells them from the shirt. */
export type Rims = 'drawn' | 'shadowed' | 'missing';

export type DrawnFigure = {
  picture: RgbaImage;
  pose: Pose;
  face: Face;
  /** Coverage of the person, 0..1. */
  truth: Plane;
};

const WIDTH = 360;
const HEIGHT = 640;
const BACKGROUND = [188, 200, 206] as const;
const SKIN = [226, 178, 148] as const;
const HAIR = [62, 40, 30] as const;
const SHIRT = [40, 90, 190] as const;
const TROUSERS = [70, 60, 58] as const;
const SHOES = [30, 120, 60] as const;

const RIM = [16, 36, 76] as const;
const SHADOW_WIDTH = 8;

type Shape = { a: Point; b: Point; radius: number; colour: readonly [number, number, number] };

const HEAD = { x: 180, y: 90 };
const HIPS = { left: { x: 202, y: 330 }, right: { x: 158, y: 330 } };
const SHOULDERS = { left: { x: 226, y: 166 }, right: { x: 134, y: 166 } };
const LEFT_ARMS = {
  apart: [
    { x: 280, y: 220 },
    { x: 318, y: 280 },
    { x: 330, y: 300 },
  ],
  hanging: [
    { x: 236, y: 246 },
    { x: 240, y: 318 },
    { x: 241, y: 340 },
  ],
  folded: [
    { x: 250, y: 232 },
    { x: 186, y: 256 },
    { x: 164, y: 258 },
  ],
  sleeved: [
    { x: 254, y: 236 },
    { x: 250, y: 292 },
    { x: 249, y: 312 },
  ],
} as const satisfies Record<Arms, readonly Point[]>;

function mirror({ x, y }: Point): Point {
  return { x: WIDTH - x, y };
}

/** `height` cuts the picture off below, as a photographer would. */
export function drawFigure({
  arms = 'apart',
  height = HEIGHT,
  rims = 'drawn',
}: {
  arms?: Arms;
  height?: number;
  rims?: Rims;
} = {}): DrawnFigure {
  const left = LEFT_ARMS[arms];
  const right = arms === 'folded' ? LEFT_ARMS.hanging.map(mirror) : left.map(mirror);
  const armsDrawn = arms === 'sleeved' ? sleeveShapes(left, rims) : armShapes(left, right);
  const { picture, truth } = paint([...bodyShapes(), ...armsDrawn], height);
  return { picture, truth, pose: makePose(left, right, height), face: makeFace() };
}

function bodyShapes(): Shape[] {
  const line = (a: Point, b: Point, radius: number, colour: Shape['colour']): Shape => ({
    a,
    b,
    radius,
    colour,
  });
  const shapes: Shape[] = [];
  for (const side of ['left', 'right'] as const) {
    const outward = side === 'left' ? 1 : -1;
    const hip = HIPS[side];
    const knee = { x: hip.x + outward * 6, y: 450 };
    const ankle = { x: hip.x + outward * 8, y: 570 };
    shapes.push(line(hip, knee, 20, TROUSERS), line(knee, ankle, 15, TROUSERS));
    shapes.push(line(ankle, { x: ankle.x + outward * 14, y: 590 }, 11, SHOES));
  }
  shapes.push(line({ x: 180, y: 205 }, { x: 180, y: 305 }, 48, SHIRT));
  shapes.push(line(SHOULDERS.left, SHOULDERS.right, 20, SHIRT));
  shapes.push(line({ x: 180, y: 120 }, { x: 180, y: 150 }, 15, SKIN));
  shapes.push(line({ x: 180, y: 76 }, { x: 180, y: 84 }, 40, HAIR));
  shapes.push(line({ x: 180, y: 90 }, { x: 180, y: 104 }, 30, SKIN));
  return shapes;
}

function armShapes(left: readonly Point[], right: readonly Point[]): Shape[] {
  return [
    { shoulder: SHOULDERS.left, chain: left },
    { shoulder: SHOULDERS.right, chain: right },
  ].flatMap(({ shoulder, chain }) => [
    { a: shoulder, b: chain[0]!, radius: 15, colour: SHIRT },
    { a: chain[0]!, b: chain[1]!, radius: 11, colour: SKIN },
    { a: chain[1]!, b: chain[2]!, radius: 11, colour: SKIN },
  ]);
}

/** Sleeves as wide as forearms are long, which lie over the rim of the shirt, with bare hands. */
function sleeveShapes(left: readonly Point[], rims: Rims): Shape[] {
  const arm = (radius: number, colour: Shape['colour']): Shape[] => [
    { a: SHOULDERS.left, b: left[0]!, radius: radius - 8, colour },
    { a: left[0]!, b: { x: 250, y: 304 }, radius, colour },
  ];
  const hand = { a: { x: 249, y: 308 }, b: { x: 249, y: 326 }, radius: 8, colour: SKIN };
  const shadow = arm(29, RIM).map(({ a, b, ...shape }) => ({
    ...shape,
    a: { x: a.x - SHADOW_WIDTH, y: a.y + SHADOW_WIDTH },
    b: { x: b.x - SHADOW_WIDTH, y: b.y },
  }));
  const rim = { drawn: arm(29, RIM), shadowed: [...shadow, ...arm(29, RIM)], missing: [] }[rims];
  const shapes = [...rim, ...arm(26, SHIRT), hand];
  return [
    ...shapes,
    ...shapes.map((shape) => ({ ...shape, a: mirror(shape.a), b: mirror(shape.b) })),
  ];
}

function paint(shapes: readonly Shape[], height: number): { picture: RgbaImage; truth: Plane } {
  const data = new Uint8Array(WIDTH * height * 4);
  const truth = new Float32Array(WIDTH * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const i = y * WIDTH + x;
      // A wall that darkens downwards and a fixed pattern in place of grain.
      const grain = ((x * 7 + y * 13) % 5) - 2;
      const colour = BACKGROUND.map((value) => value - y / 30 + grain);
      for (const { a, b, radius, colour: paintColour } of shapes) {
        const covered = clamp(radius + 0.5 - distanceToSegment(x, y, a.x, a.y, b.x, b.y), 0, 1);
        for (let c = 0; c < 3; c++) colour[c]! += (paintColour[c]! + grain - colour[c]!) * covered;
        truth[i] = Math.max(truth[i]!, covered);
      }
      data.set([...colour.map(Math.round), 255], i * 4);
    }
  }
  return { picture: { width: WIDTH, height, data }, truth: { width: WIDTH, height, data: truth } };
}

function makePose(left: readonly Point[], right: readonly Point[], height: number): Pose {
  const pose = new Float32Array(POSE_LANDMARK_COUNT * POSE_STRIDE);
  const set = (index: number, { x, y }: Point): void => {
    pose.set([x, y, 0, y < height ? 0.99 : 0.02], index * POSE_STRIDE);
  };
  for (let i = 0; i < POSE_LANDMARK_COUNT; i++) set(i, { x: HEAD.x, y: HEAD.y + 8 });
  for (const [side, chain, outward] of [
    ['left', left, 1],
    ['right', right, -1],
  ] as const) {
    const hip = HIPS[side];
    set(POSE[`${side}Ear`], { x: HEAD.x + outward * 28, y: HEAD.y });
    set(POSE[`${side}Eye`], { x: HEAD.x + outward * 12, y: HEAD.y - 4 });
    set(POSE[`${side}Shoulder`], SHOULDERS[side]);
    set(POSE[`${side}Elbow`], chain[0]!);
    set(POSE[`${side}Wrist`], chain[1]!);
    set(POSE[`${side}Index`], chain[2]!);
    set(POSE[`${side}Pinky`], chain[2]!);
    set(POSE[`${side}Hip`], hip);
    set(POSE[`${side}Knee`], { x: hip.x + outward * 6, y: 450 });
    set(POSE[`${side}Ankle`], { x: hip.x + outward * 8, y: 570 });
    set(POSE[`${side}FootIndex`], { x: hip.x + outward * 22, y: 590 });
  }
  return pose;
}

/** An oval of points with forehead, chin and sides at their own numbers. */
function makeFace(): Face {
  const face = new Float32Array(FACE_LANDMARK_COUNT * FACE_STRIDE);
  for (let i = 0; i < FACE_LANDMARK_COUNT; i++) {
    const angle = i * 2.4;
    const radius = 26 * Math.sqrt((i + 0.5) / FACE_LANDMARK_COUNT);
    face.set([HEAD.x + radius * Math.cos(angle), 97 + 1.2 * radius * Math.sin(angle), 0], i * 3);
  }
  face.set([HEAD.x, 66, 0], 10 * FACE_STRIDE);
  face.set([HEAD.x, 132, 0], 152 * FACE_STRIDE);
  face.set([HEAD.x - 28, 96, 0], 234 * FACE_STRIDE);
  face.set([HEAD.x + 28, 96, 0], 454 * FACE_STRIDE);
  return face;
}

/**
 * What a network would say of the outline: right in the middle, soft and a few pixels off at the
 * edges.
 */
function guessMask({ width, height, data }: Plane): Plane {
  return { width, height, data: blurBox(data, width, height, 4) };
}

/** Detectors that report the figure; parts of it can be withheld. */
export function detectorsOf(
  figure: DrawnFigure,
  seen: { body?: boolean; face?: boolean; personCount?: number } = {},
): {
  detectPose: () => Promise<DetectedPose | null>;
  detectFace: () => Promise<DetectedFace | null>;
} {
  const body: DetectedPose = {
    pose: figure.pose,
    score: 1,
    mask: guessMask(figure.truth),
    personCount: seen.personCount ?? 1,
    region: { x: 0, y: 0, size: 1, rotation: 0 },
  };
  return {
    detectPose: async () => (seen.body === false ? null : body),
    detectFace: async () => (seen.face === false ? null : { face: figure.face, score: 1 }),
  };
}
