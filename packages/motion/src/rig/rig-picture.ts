/**
 * Makes a puppet from one picture: finds the body, cuts it out, divides it, covers it with meshes
 * and repairs the background.
 */

import type { DetectedPose, Detectors } from '../detect/detectors.ts';
import { isFaceClear } from '../detect/face-clear.ts';
import { fitEyes } from '../detect/fit-eyes.ts';
import { type Character, LIMBS, type Limb } from '../model/character.ts';
import { type Finding, MotionError } from '../model/finding.ts';
import type { RgbaImage } from '../model/image.ts';
import { facePointAt } from '../model/landmarks.ts';
import { FACE, type Face, POSE, POSE_STRIDE, type Pose } from '../model/pose.ts';
import type { OnProgress } from '../model/progress.ts';
import { shrinkPlane } from '../model/resize.ts';
import { shrinkRgb } from '../model/rgb.ts';
import { jointsFromFace, jointsFromPose } from './bind-joints.ts';
import { cutOut } from './cut-out.ts';
import { decideFraming, findFraming } from './framing.ts';
import { flattenPicture, readOwnAlpha } from './own-alpha.ts';
import { buildLayers } from './puppet/build-layers.ts';
import { completeArms } from './puppet/hidden-arm.ts';
import { findFrozenLimbs, planLimbs } from './puppet/limb-plans.ts';
import { wrapWholePicture } from './puppet/whole-picture.ts';
import { readAppearance } from './segment/appearance.ts';
import type { Figure } from './segment/figure.ts';
import { segmentParts } from './segment/segment-parts.ts';
import { completeSleeves } from './sleeves/complete-sleeves.ts';
import { findBlurredSleeves, findWideSleeves } from './sleeves/find-sleeves.ts';

/** The shorter side of the picture divided by this gives the factor of the segmentation. */
const SEGMENTATION_SIDE = 360;
const ARMS = ['leftArm', 'rightArm'] as const;

/** What is told while a picture is rigged, which takes seconds. */
export type RigOptions = {
  /** How a long rigging says how far it is. */
  onProgress?: OnProgress;
  /** Told when the detectors are not needed any more, so that their memory can be given back. */
  onSeen?: () => void;
};

/** Without `detectHands` a character does not know which of its hands can be seen. */
export type PictureDetectors = Pick<Detectors, 'detectPose' | 'detectFace'> &
  Partial<Pick<Detectors, 'detectHands'>>;

/** What the detectors saw in a picture. */
type Sighting = {
  body: DetectedPose | null;
  face: Face | null;
  isFaceClear: boolean;
  hasDrawnEyes: boolean;
};

/**
 * Rigs a picture that already has the size of the result. `detectors` should be opened with the
 * heavy pose model. A picture with real transparency is cut out by its own alpha and gets a white
 * background. Throws a `MotionError` with the finding `no_person` when there is neither a body nor
 * a face.
 */
export async function rigPicture(
  source: RgbaImage,
  detectors: PictureDetectors,
  options: RigOptions = {},
): Promise<Character> {
  const report = options.onProgress ?? (() => {});
  const ownAlpha = readOwnAlpha(source);
  const picture = flattenPicture(source);
  const sighting = await look(picture, detectors);
  const { body } = sighting;
  const hands = body && (await detectors.detectHands?.(picture, body.pose));
  options.onSeen?.();
  report(0.2);
  const drawn = sighting.hasDrawnEyes ? { eyes: 'drawn' as const } : {};
  if (body === null) return { ...rigFace(picture, sighting.face!), ...drawn };
  const character = { ...rigBody(picture, ownAlpha, { ...sighting, body }, report), ...drawn };
  return hands ? { ...character, hands } : character;
}

async function look(picture: RgbaImage, detectors: PictureDetectors): Promise<Sighting> {
  const seen = await detectors.detectPose(picture, { mask: true });
  const posed = await detectors.detectFace(picture, { pose: seen?.pose ?? null });
  if (seen === null && posed === null) throw nobodyIn(picture);
  const free =
    seen && !isFaceClear(posed) ? await detectors.detectFace(picture, { pose: null }) : null;
  const isMisseen = seen !== null && isFaceClear(free) && isInFace(seen.pose, free!.face);
  const body = isMisseen ? null : seen;
  const found = isMisseen ? free : posed;
  const fitted = found && fitEyes(picture, found.face);
  const face = fitted ?? found?.face ?? null;
  return { body, face, isFaceClear: isFaceClear(found), hasDrawnEyes: fitted !== null };
}

/**
 * Whether a body was found whose shoulders lie above the chin, as in figures whose heads are larger
 * than their trunks: the network takes the head for the trunk, and only the face can be believed.
 */
function isInFace(pose: Pose, face: Face): boolean {
  const y = (joint: number): number => pose[joint * POSE_STRIDE + 1]!;
  const shoulders = (y(POSE.leftShoulder) + y(POSE.rightShoulder)) / 2;
  return shoulders < facePointAt(face, FACE.chin).y;
}

function nobodyIn({ width, height }: RgbaImage): MotionError {
  return new MotionError({
    code: 'no_person',
    severity: 'error',
    message:
      `Neither a body nor a face was found in the picture of ${width} x ${height} pixels; ` +
      'use a picture that shows one person clearly.',
  });
}

/** A face without a body moves the whole picture: there is no matte to cut along. */
function rigFace(picture: RgbaImage, face: Face): Character {
  const joints = jointsFromFace(face);
  return {
    width: picture.width,
    height: picture.height,
    pose: null,
    face,
    framing: 'head-and-shoulders',
    joints,
    movingLimbs: [],
    layers: [wrapWholePicture(picture, joints, face)],
    plate: picture,
    picture,
    findings: findFraming('head-and-shoulders'),
  };
}

function rigBody(
  picture: RgbaImage,
  ownAlpha: Float32Array | null,
  { body, face, isFaceClear }: Sighting & { body: DetectedPose },
  report: OnProgress,
): Character {
  const { width, height } = picture;
  const detected = jointsFromPose(body.pose);
  const framing = decideFraming(body.pose, detected, width, height);
  const frozen = findFrozenLimbs(body.pose, detected, framing, width, height);
  const factor = Math.max(1, Math.round(Math.min(width, height) / SEGMENTATION_SIDE));
  const cut = cutOut(picture, body.mask!, ownAlpha, detected, factor);
  report(0.6);
  const { box, rgb, alpha, foreground } = cut;
  const scale = (value: number, axis: number): number =>
    (value - (axis === 0 ? box.x : box.y)) / factor;
  const seen: Figure = {
    rgb: shrinkRgb(rgb, factor),
    alpha: shrinkPlane(alpha, rgb.width, rgb.height, factor).data,
    joints: detected.map((value, i) => scale(value, i % 2)),
    face: face?.map((value, i) => (i % 3 === 2 ? value / factor : scale(value, i % 3))) ?? null,
    framing,
  };
  const stopped: Limb[] = frozen.map(({ limb }) => limb);
  const appearance = readAppearance(seen);
  let parts = segmentParts(seen, appearance, stopped);
  const wide = findWideSleeves(parts.figure, parts.labels, stopped);
  const blurred = findBlurredSleeves(parts.figure, parts.labels, wide);
  if (blurred.length > 0) {
    frozen.push(...blurred);
    stopped.push(...blurred.map(({ limb }) => limb));
    parts = segmentParts(seen, appearance, stopped);
  }
  const wideSleeves = wide.filter((limb) => !stopped.includes(limb));
  const sleeves = completeSleeves(parts.figure, parts.labels, wideSleeves);
  const { labels } = sleeves;
  const modes = planLimbs(parts.figure, labels, stopped, appearance.isSkirt);
  const bare = ARMS.filter((arm) => modes[arm] === 'layer' && !wideSleeves.includes(arm));
  const { figure, hidden: hiddenArms } = completeArms(parts.figure, labels, bare);
  const joints = figure.joints.map((value, i) => value * factor + (i % 2 === 0 ? box.x : box.y));
  report(0.7);
  const borders = {
    left: box.x === 0,
    right: box.x + box.width === width,
    bottom: box.y + box.height === height,
  };
  const layers = buildLayers({
    figure,
    ...sleeves,
    hiddenArms,
    modes,
    isSkirt: appearance.isSkirt,
    borders,
    foreground,
    alpha,
    factor,
    offset: box,
  });
  report(1);
  if (layers.length === 0) {
    // The pose was found but nothing could be cut out: the face may still be there.
    if (face === null) throw nobodyIn(picture);
    return rigFace(picture, face);
  }
  return {
    width,
    height,
    pose: body.pose,
    face,
    framing,
    joints,
    movingLimbs: LIMBS.filter((limb) => modes[limb] !== 'frozen'),
    ...(wideSleeves.length > 0 ? { wideSleeves } : {}),
    layers,
    plate: cut.plate,
    picture,
    findings: [
      ...findCrowd(body),
      ...(isFaceClear ? [] : [FACE_HIDDEN]),
      ...findFraming(framing),
      ...frozen.flatMap(({ finding }) => (finding === null ? [] : [finding])),
    ],
  };
}

const FACE_HIDDEN: Finding = {
  code: 'face_hidden',
  severity: 'warning',
  message:
    'The face in the picture is hidden or turned away, so it cannot move; the body does. Use a ' +
    'picture in which nothing covers the face, if its expression matters.',
};

function findCrowd(body: DetectedPose): Finding[] {
  const count = body.personCount ?? 1;
  if (count < 2) return [];
  return [
    {
      code: 'several_people',
      severity: 'warning',
      message:
        `The picture shows ${count} people; only the most prominent one moves and the others ` +
        'stay in the background. Use a picture of one person.',
      value: count,
    },
  ];
}
