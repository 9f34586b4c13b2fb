/**
 * What `rig` makes of a picture: a puppet in its bind pose that can be written to a folder, mended
 * by hand and opened again.
 */

import type { Finding } from './finding.ts';
import type { Hand, Side } from './hand.ts';
import type { RgbaImage } from './image.ts';
import type { Face, Pose } from './pose.ts';

/** Joints of the puppet. "left" and "right" are the character's own. */
export const JOINTS = [
  'pelvis',
  'neck',
  'head',
  'leftShoulder',
  'leftElbow',
  'leftWrist',
  'leftHand',
  'rightShoulder',
  'rightElbow',
  'rightWrist',
  'rightHand',
  'leftHip',
  'leftKnee',
  'leftAnkle',
  'leftFoot',
  'rightHip',
  'rightKnee',
  'rightAnkle',
  'rightFoot',
] as const;

export type Joint = (typeof JOINTS)[number];

/**
 * Where each joint is: `Float32Array(19 * 2)`, x and y in picture pixels, in the order of {@link
 * JOINTS}. pelvis = middle of the hips, neck = middle of the shoulders, head = middle of the ears
 * (of the eyes when no ear is seen), hand = (2 index + pinky) / 3 of the pose, foot = foot index
 * (the toe tip).
 */
export type JointPositions = Float32Array;

/**
 * Bones move vertices. A limb bone goes from its first joint to its second; `torso` spans shoulders
 * and hips; `head` hangs on the neck; `ground` never moves (what is drawn with it stays where the
 * picture has it).
 */
export const BONES = [
  'torso',
  'head',
  'leftUpperArm',
  'leftForearm',
  'leftHand',
  'rightUpperArm',
  'rightForearm',
  'rightHand',
  'leftThigh',
  'leftShin',
  'leftFoot',
  'rightThigh',
  'rightShin',
  'rightFoot',
  'ground',
] as const;

export type Bone = (typeof BONES)[number];

/** First and second joint of each limb bone. */
export const LIMB_BONES = {
  leftUpperArm: ['leftShoulder', 'leftElbow'],
  leftForearm: ['leftElbow', 'leftWrist'],
  leftHand: ['leftWrist', 'leftHand'],
  rightUpperArm: ['rightShoulder', 'rightElbow'],
  rightForearm: ['rightElbow', 'rightWrist'],
  rightHand: ['rightWrist', 'rightHand'],
  leftThigh: ['leftHip', 'leftKnee'],
  leftShin: ['leftKnee', 'leftAnkle'],
  leftFoot: ['leftAnkle', 'leftFoot'],
  rightThigh: ['rightHip', 'rightKnee'],
  rightShin: ['rightKnee', 'rightAnkle'],
  rightFoot: ['rightAnkle', 'rightFoot'],
} as const satisfies Partial<Record<Bone, readonly [Joint, Joint]>>;

export type LimbBone = keyof typeof LIMB_BONES;

/** What moves apart from torso and head. */
export const LIMBS = ['leftArm', 'rightArm', 'leftLeg', 'rightLeg'] as const;
export type Limb = (typeof LIMBS)[number];

/** The bones of each limb, from the trunk outwards. */
export const LIMB_CHAINS = {
  leftArm: ['leftUpperArm', 'leftForearm', 'leftHand'],
  rightArm: ['rightUpperArm', 'rightForearm', 'rightHand'],
  leftLeg: ['leftThigh', 'leftShin', 'leftFoot'],
  rightLeg: ['rightThigh', 'rightShin', 'rightFoot'],
} as const satisfies Record<Limb, readonly [LimbBone, LimbBone, LimbBone]>;

/** At most this many bones move one vertex. */
export const INFLUENCES_MAX = 4;

/** A triangle mesh with skinning weights (linear blend skinning, Magnenat-Thalmann et al. 1988). */
export type Mesh = {
  /** Bind positions, x and y in picture pixels; `2 * vertexCount`. */
  positions: Float32Array;
  /** Vertex indices, three a triangle. */
  triangles: Uint32Array;
  /** Index into {@link BONES}, `INFLUENCES_MAX * vertexCount`. */
  boneIndices: Uint8Array;
  /** Sums to 1 for each vertex, `INFLUENCES_MAX * vertexCount`. */
  boneWeights: Float32Array;
};

/** The hand of an arm in a wide sleeve: it stands before the opening that it comes out of. */
export const HAND_LAYERS = ['leftHand', 'rightHand'] as const;
export type HandLayer = (typeof HAND_LAYERS)[number];

/** The lower piece of a wide sleeve, which overlaps the upper one at the elbow. */
export const FOREARM_LAYERS = ['leftForearm', 'rightForearm'] as const;
export type ForearmLayer = (typeof FOREARM_LAYERS)[number];

/**
 * A part of the character that is drawn as one: the body with all merged limbs, or a limb of its
 * own. The triangles of a mesh are sorted by `paintOrder` (paint-order.ts), which interleaves the
 * layers: legs, torso, upper arms, head, forearms. Drawing the layers one after the other in the
 * order of the array is right in the bind pose. Where two layers overlap at a shoulder, hip or neck
 * they carry the same weights, so that no cut shows between them. The face is in the layer `head`
 * if there is one, else in `body`.
 */
export type Layer = {
  name: 'body' | 'head' | Limb | HandLayer | ForearmLayer;
  /** Straight-alpha colours without background fringe, cropped to the part. */
  texture: RgbaImage;
  /** Upper left corner of the texture in picture pixels. */
  x: number;
  y: number;
  mesh: Mesh;
};

export type Framing = 'full-body' | 'three-quarter' | 'half-body' | 'head-and-shoulders';

export type Character = {
  /**
   * Size of the picture the puppet was made from (already scaled to the size of the result), in
   * pixels.
   */
  width: number;
  height: number;
  pose: Pose | null;
  face: Face | null;
  /** The face has eyes larger than those of people, whose lids are painted; else left out. */
  eyes?: 'drawn';
  /** Hands that can be seen; left out when they were not looked for. */
  hands?: Record<Side, Hand | null>;
  framing: Framing;
  /** Bind pose. Joints outside the picture are estimated and may lie outside it. */
  joints: JointPositions;
  /**
   * Limbs that follow the driver; the others are frozen into the torso and say so in `findings`.
   */
  movingLimbs: Limb[];
  /** Arms in wide sleeves, whose cloth hangs; left out when there are none. */
  wideSleeves?: Limb[];
  /** Back to front in the bind pose; limb layers may be reordered by depth while rendering. */
  layers: Layer[];
  /** The background with the character removed, opaque. */
  plate: RgbaImage;
  /** The picture itself, opaque, at `width` x `height`. */
  picture: RgbaImage;
  findings: Finding[];
};
