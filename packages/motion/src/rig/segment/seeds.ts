/** Strokes along the bones that certainly belong to a part; the flood starts from them. */

import type { Limb } from '../../model/character.ts';
import type { Colour } from '../../model/colour.ts';
import type { Point } from '../../model/geometry.ts';
import { jointAt } from '../../model/joints.ts';
import { between } from '../../model/landmarks.ts';
import { FACE_STRIDE } from '../../model/pose.ts';
import type { Appearance } from './appearance.ts';
import { colourDistance, type Figure } from './figure.ts';
import { NO_PART, PART, SIDES, type Side } from './parts.ts';
import { createHeadFrame } from './torso-frame.ts';

/** Only pixels at least this solid can be seeds. */
const ALPHA_MIN = 0.3;
/** Seeds nearer than this to the colour of the hair are hair. */
const HAIR_MAX = 40;
/** When this share of the torso has the colour of the hair, colour says nothing. */
const HAIR_SHARE_MAX = 0.35;
/** Hair seeds within this many head lengths of the head become head seeds. */
const HAIR_REACH = 1.7;

/** Half the width of a neck in head lengths, generously. */
const NECK_HALF_WIDTH = 0.5;

type Stroke = { from: Point; to: Point; part: number };

/** Label of each seed pixel, {@link NO_PART} elsewhere. Limbs in `skipped` get no seeds. */
export function paintSeeds(
  figure: Figure,
  appearance: Appearance,
  skipped: readonly Limb[],
): Int8Array {
  const { width, height } = figure.rgb;
  const seeds = new Int8Array(width * height).fill(NO_PART);
  const paint = ({ from, to, part }: Stroke): void => {
    const steps = Math.ceil(Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y))) + 1;
    for (let step = 0; step <= steps; step++) {
      const { x, y } = between(from, to, step / steps);
      const [px, py] = [Math.round(x), Math.round(y)];
      if (px < 0 || py < 0 || px >= width || py >= height) continue;
      if (figure.alpha[py * width + px]! >= ALPHA_MIN) seeds[py * width + px] = part;
    }
  };
  // Later strokes win: what lies in front of the torso comes after it.
  for (const stroke of torsoStrokes(figure, appearance)) paint(stroke);
  for (const side of SIDES) {
    if (!skipped.includes(`${side}Leg`)) legStrokes(figure, appearance, side).forEach(paint);
  }
  headStrokes(figure).forEach(paint);
  if (figure.face !== null) paintFace(figure, seeds);
  for (const side of SIDES) {
    if (!skipped.includes(`${side}Arm`)) armStrokes(figure, appearance, side).forEach(paint);
  }
  if (appearance.crown !== null) moveHairSeeds(figure, seeds, appearance.crown);
  return seeds;
}

function torsoStrokes(figure: Figure, appearance: Appearance): Stroke[] {
  const { joints } = figure;
  const neck = jointAt(joints, 'neck');
  const pelvis = jointAt(joints, 'pelvis');
  const shoulders = [jointAt(joints, 'rightShoulder'), jointAt(joints, 'leftShoulder')] as const;
  const hips = [jointAt(joints, 'rightHip'), jointAt(joints, 'leftHip')] as const;
  const line = (from: Point, to: Point): Stroke => ({ from, to, part: PART.torso });
  const across = (t: number, share: number): Stroke => {
    const right = between(shoulders[0], hips[0], t);
    const left = between(shoulders[1], hips[1], t);
    return line(between(right, left, 0.5 - share / 2), between(right, left, 0.5 + share / 2));
  };
  const strokes = [
    line(between(neck, pelvis, 0.15), pelvis),
    across(0, 0.5),
    across(0.2, 0.6),
    across(0.4, 0.6),
    across(0.6, 0.7),
    across(0.8, 0.8),
    across(1, 1),
  ];
  strokes.push(...borderStrokes(figure));
  if (!appearance.isSkirt) return strokes;
  for (const side of SIDES) {
    const hip = jointAt(joints, `${side}Hip`);
    strokes.push(line(hip, between(hip, jointAt(joints, `${side}Knee`), 0.15)));
  }
  return strokes;
}

/**
 * Shoulders below the picture: what the lower border shows beside the neck is torso, or the whole
 * body would be head.
 */
function borderStrokes({ joints, rgb }: Figure): Stroke[] {
  const y = rgb.height - 2;
  const neck = jointAt(joints, 'neck');
  const head = jointAt(joints, 'head');
  if (neck.y < y) return [];
  const half = NECK_HALF_WIDTH * Math.hypot(head.x - neck.x, head.y - neck.y);
  return [-1, 1].map((sign) => ({
    from: { x: neck.x + sign * half, y },
    to: { x: sign < 0 ? 0 : rgb.width - 1, y },
    part: PART.torso,
  }));
}

function legStrokes({ joints }: Figure, appearance: Appearance, side: Side): Stroke[] {
  const part = PART[`${side}Leg`];
  const hip = jointAt(joints, `${side}Hip`);
  const knee = jointAt(joints, `${side}Knee`);
  const ankle = jointAt(joints, `${side}Ankle`);
  const start = between(hip, knee, appearance.isSkirt ? 0.85 : 0.3);
  return [
    { from: start, to: knee, part },
    { from: knee, to: ankle, part },
    { from: ankle, to: jointAt(joints, `${side}Foot`), part },
  ];
}

function armStrokes({ joints }: Figure, appearance: Appearance, side: Side): Stroke[] {
  const part = PART[`${side}Arm`];
  const shoulder = jointAt(joints, `${side}Shoulder`);
  const elbow = jointAt(joints, `${side}Elbow`);
  const wrist = jointAt(joints, `${side}Wrist`);
  const hand = jointAt(joints, `${side}Hand`);
  const strokes = [
    { from: between(shoulder, elbow, 0.3), to: elbow, part },
    { from: elbow, to: wrist, part },
  ];
  if (appearance.isHandVisible[side]) {
    strokes.push({ from: wrist, to: between(wrist, hand, 1.3), part });
  }
  return strokes;
}

function headStrokes({ joints }: Figure): Stroke[] {
  const neck = jointAt(joints, 'neck');
  const head = jointAt(joints, 'head');
  const up = { x: head.x - neck.x, y: head.y - neck.y };
  const at = (along: number, across: number): Point => ({
    x: head.x + up.x * along - up.y * across,
    y: head.y + up.y * along + up.x * across,
  });
  const line = (from: Point, to: Point): Stroke => ({ from, to, part: PART.head });
  return [
    line(at(-0.2, 0), at(0.75, 0)),
    line(at(0, -0.4), at(0, 0.4)),
    line(at(0.4, -0.3), at(0.4, 0.3)),
  ];
}

/** Everything inside the ellipse of the face points is head. */
function paintFace(figure: Figure, seeds: Int8Array): void {
  const { width, height } = figure.rgb;
  const face = figure.face!;
  for (let i = 0; i < face.length; i += FACE_STRIDE) {
    const [x, y] = [Math.round(face[i]!), Math.round(face[i + 1]!)];
    if (x < 0 || y < 0 || x >= width || y >= height) continue;
    if (figure.alpha[y * width + x]! >= ALPHA_MIN) seeds[y * width + x] = PART.head;
  }
}

/**
 * Long hair falls over shoulders and arms: seeds of its colour there would tear it from the head.
 */
function moveHairSeeds(figure: Figure, seeds: Int8Array, hair: Colour): void {
  const { width, channels } = figure.rgb;
  const [r, g, b] = channels;
  const isHair = (i: number): boolean => colourDistance([r[i]!, g[i]!, b[i]!], hair) < HAIR_MAX;
  const torso: number[] = [];
  for (let i = 0; i < seeds.length; i++) if (seeds[i] === PART.torso) torso.push(i);
  if (torso.filter(isHair).length > HAIR_SHARE_MAX * torso.length) return;
  const head = jointAt(figure.joints, 'head');
  const reach = HAIR_REACH * createHeadFrame(figure.joints).length;
  for (let i = 0; i < seeds.length; i++) {
    const part = seeds[i]!;
    const isBody = part === PART.torso || part === PART.leftArm || part === PART.rightArm;
    if (!isBody || !isHair(i)) continue;
    const x = i % width;
    const y = (i - x) / width;
    seeds[i] = Math.hypot(x - head.x, y - head.y) < reach ? PART.head : NO_PART;
  }
}
