/** The joints that are compared, the bones between them, and how both are read from a body. */

import type { Point } from '../model/geometry.ts';
import { between, distanceBetween, landmarkAt } from '../model/landmarks.ts';
import { median } from '../model/percentile.ts';
import { POSE, type Pose } from '../model/pose.ts';

/** Joints that are counted. */
export const COUNTED_JOINTS = [
  'nose',
  'leftShoulder',
  'rightShoulder',
  'leftElbow',
  'rightElbow',
  'leftWrist',
  'rightWrist',
  'leftHip',
  'rightHip',
  'leftKnee',
  'rightKnee',
  'leftAnkle',
  'rightAnkle',
] as const;

/** `neck` lies between the shoulders, `pelvis` between the hips; both only hold the others. */
export type ScoreJoint = (typeof COUNTED_JOINTS)[number] | 'neck' | 'pelvis';

/** From the neck outwards, so that a joint is placed before those that hang on it. */
export const BONES: readonly (readonly [from: ScoreJoint, to: ScoreJoint])[] = [
  ['neck', 'pelvis'],
  ['neck', 'nose'],
  ['neck', 'leftShoulder'],
  ['neck', 'rightShoulder'],
  ['leftShoulder', 'leftElbow'],
  ['rightShoulder', 'rightElbow'],
  ['leftElbow', 'leftWrist'],
  ['rightElbow', 'rightWrist'],
  ['pelvis', 'leftHip'],
  ['pelvis', 'rightHip'],
  ['leftHip', 'leftKnee'],
  ['rightHip', 'rightKnee'],
  ['leftKnee', 'leftAnkle'],
  ['rightKnee', 'rightAnkle'],
];

/** Upper arms, fore arms, thighs and shins. */
export const LIMB_BONES: readonly (readonly [from: ScoreJoint, to: ScoreJoint])[] = BONES.filter(
  ([from]) => from !== 'neck' && from !== 'pelvis',
);

/** A joint of a body: its place in pixels and whether it is really seen there. */
export type SeenPoint = Point & { isSeen: boolean };
export type Skeleton = Record<ScoreJoint, SeenPoint>;

/** Joints with a smaller visibility are guesses of the network. */
const VISIBILITY_MIN = 0.5;

/** Reads the joints of a body in a picture of the given size. */
export function readSkeleton(pose: Pose, size: { width: number; height: number }): Skeleton {
  const at = (index: number): SeenPoint => {
    const { x, y, visibility } = landmarkAt(pose, index);
    const isInside = x >= 0 && y >= 0 && x <= size.width && y <= size.height;
    return { x, y, isSeen: isInside && visibility >= VISIBILITY_MIN };
  };
  const middle = (a: SeenPoint, b: SeenPoint): SeenPoint => ({
    ...between(a, b),
    isSeen: a.isSeen && b.isSeen,
  });
  const own = COUNTED_JOINTS.map((joint) => [joint, at(POSE[joint])] as const);
  const skeleton = Object.fromEntries(own) as Skeleton;
  skeleton.neck = middle(skeleton.leftShoulder, skeleton.rightShoulder);
  skeleton.pelvis = middle(skeleton.leftHip, skeleton.rightHip);
  return skeleton;
}

/** Where the hips are not seen, the torso is taken to be this many shoulder widths long. */
const TORSO_PER_SHOULDERS = 1.4;

/**
 * Length from neck to pelvis in pixels, the median over the frames; from the width of the shoulders
 * where hips are hardly ever seen; null without shoulders.
 */
export function measureTorso(skeletons: readonly (Skeleton | null)[]): number | null {
  const torsos = lengths(skeletons, 'neck', 'pelvis');
  const shoulders = lengths(skeletons, 'leftShoulder', 'rightShoulder');
  if (shoulders.length === 0) return null;
  const isWhole = torsos.length * 4 >= shoulders.length;
  const torso = isWhole ? median(torsos) : TORSO_PER_SHOULDERS * median(shoulders);
  return torso > 0 ? torso : null;
}

function lengths(
  skeletons: readonly (Skeleton | null)[],
  from: ScoreJoint,
  to: ScoreJoint,
): number[] {
  return skeletons.flatMap((skeleton) => {
    if (skeleton === null) return [];
    const [a, b] = [skeleton[from], skeleton[to]];
    return a.isSeen && b.isSeen ? [distanceBetween(a, b)] : [];
  });
}
