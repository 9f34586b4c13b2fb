/**
 * Moves elbows, wrists, knees and ankles to the middle of their limb: a joint at the rim of an arm
 * would bend the arm around its rim, and only the strip around the bone would be taken for arm.
 */

import { type Joint, type JointPositions, LIMBS, type Limb } from '../../model/character.ts';
import type { Point } from '../../model/geometry.ts';
import { jointAt, setJoint } from '../../model/joints.ts';
import { between } from '../../model/landmarks.ts';
import { median } from '../../model/percentile.ts';
import { clamp } from '../../model/scalar.ts';
import type { Figure } from './figure.ts';
import { isArm, PART, sideOf } from './parts.ts';

/** Widths are believed between these shares of the shorter bone beside the joint. */
const WIDTH_RANGE = [0.08, 0.62] as const;
/** Nothing farther from the joint than this share of the shorter bone is looked at. */
const REACH_SHARE = 0.5;
/** A joint this near to the middle, in widths of the limb, stays: detectors know knees better. */
const MIDDLE_SHARE = 0.12;
/** A joint moves by at most this many widths of the limb. */
const MOVE_MAX = 0.5;
/** Bones shorter than this many pixels of the figure are seen from their end. */
const BONE_MIN = 8;
const SOLID = 0.5;
/** Rows across the limb, in shares of the bone they lie on from the joint; the hand is wider. */
const ROWS_OF_MIDDLE = [-0.16, -0.08, 0, 0.08, 0.16] as const;
const ROWS_OF_END = [-0.2, -0.15, -0.1, -0.05, 0] as const;
/** Of the rows across a limb so many must be believable. */
const ROWS_MIN = 3;

/** Where a row crosses the limb: from its middle to the joint's line, and its width. */
type Row = { offset: number; width: number };

/**
 * Joints of the figure with those of all limbs not in `frozen` centred on the limb's pixels, but
 * for `tolerance` widths of the limb.
 */
export function centreJoints(
  figure: Figure,
  labels: Int8Array,
  frozen: readonly Limb[],
  tolerance: number = MIDDLE_SHARE,
): JointPositions {
  const joints = Float32Array.from(figure.joints) as JointPositions;
  for (const limb of LIMBS) {
    if (frozen.includes(limb)) continue;
    const [root, middle, end, tip] = chainOf(limb).map((joint) => jointAt(figure.joints, joint));
    const names = chainOf(limb);
    const measure = { figure, labels, part: PART[limb], tolerance };
    const moveMiddle = findMove(measure, root!, middle!, end!, ROWS_OF_MIDDLE);
    const moveEnd = findMove(measure, middle!, end!, end!, ROWS_OF_END);
    setJoint(joints, names[1], add(middle!, moveMiddle));
    setJoint(joints, names[2], add(end!, moveEnd));
    // A hand hangs on its wrist; a foot stands where it stands.
    if (isArm(limb)) setJoint(joints, names[3], add(tip!, moveEnd));
  }
  return joints;
}

function chainOf(limb: Limb): readonly [Joint, Joint, Joint, Joint] {
  const side = sideOf(limb);
  return isArm(limb)
    ? [`${side}Shoulder`, `${side}Elbow`, `${side}Wrist`, `${side}Hand`]
    : [`${side}Hip`, `${side}Knee`, `${side}Ankle`, `${side}Foot`];
}

function add(a: Point, b: Point): Point {
  return { x: a.x + b.x, y: a.y + b.y };
}

type Measure = { figure: Figure; labels: Int8Array; part: number; tolerance: number };

/** From a joint to the middle of its limb; `before` and `after` are the joints beside it. */
function findMove(
  measure: Measure,
  before: Point,
  joint: Point,
  after: Point,
  rows: readonly number[],
): Point {
  const isEnd = after === joint;
  const inward = Math.hypot(joint.x - before.x, joint.y - before.y);
  const outward = isEnd ? inward : Math.hypot(after.x - joint.x, after.y - joint.y);
  const bone = Math.min(inward, outward);
  if (bone < BONE_MIN) return { x: 0, y: 0 };
  const along = isEnd ? before : between(joint, before, outward / inward);
  const length = Math.hypot(after.x - along.x, after.y - along.y);
  // The limb is folded: no line across it is across both of its bones.
  if (length < bone) return { x: 0, y: 0 };
  const normal = { x: -(after.y - along.y) / length, y: (after.x - along.x) / length };
  const seen = rows.flatMap((row) => {
    const on = row < 0 ? between(joint, before, -row) : between(joint, after, row);
    return crossLimb(measure, on, normal, bone) ?? [];
  });
  if (seen.length < ROWS_MIN) return { x: 0, y: 0 };
  const width = median(seen.map((row) => row.width));
  const offset = median(seen.map((row) => row.offset));
  const beyond = Math.max(0, Math.abs(offset) - measure.tolerance * width);
  const move = clamp(Math.sign(offset) * beyond, -MOVE_MAX * width, MOVE_MAX * width);
  return { x: move * normal.x, y: move * normal.y };
}

/** The run of limb pixels nearest to a place on the line through it, or null when none is. */
function crossLimb(
  { figure, labels, part }: Measure,
  on: Point,
  normal: Point,
  bone: number,
): Row | null {
  const { width, height } = figure.rgb;
  const reach = Math.ceil(REACH_SHARE * bone);
  const isLimb = (d: number): boolean => {
    const x = Math.round(on.x + d * normal.x);
    const y = Math.round(on.y + d * normal.y);
    if (x < 0 || y < 0 || x >= width || y >= height) return false;
    return labels[y * width + x] === part && figure.alpha[y * width + x]! >= SOLID;
  };
  let start = 0;
  while (start <= reach && !isLimb(start) && !isLimb(-start)) start++;
  if (start > reach) return null;
  if (!isLimb(start)) start = -start;
  let [low, high] = [start, start];
  while (low >= -2 * reach && isLimb(low - 1)) low--;
  while (high <= 2 * reach && isLimb(high + 1)) high++;
  const across = high - low + 1;
  if (across < WIDTH_RANGE[0] * bone || across > WIDTH_RANGE[1] * bone) return null;
  return { offset: (low + high) / 2, width: across };
}
