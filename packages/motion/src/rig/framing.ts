/** How much of a body a picture shows. */

import type { Framing, JointPositions } from '../model/character.ts';
import type { Finding } from '../model/finding.ts';
import type { Point } from '../model/geometry.ts';
import { jointAt } from '../model/joints.ts';
import { landmarkAt } from '../model/landmarks.ts';
import { POSE, type Pose } from '../model/pose.ts';

/** The model sees most of a landmark at this visibility. */
const SEEN_MIN = 0.5;
/** Hips may be covered by arms or a desk, so that they count as seen earlier. */
const HIP_SEEN_MIN = 0.35;
/** Share of the spine that must be inside the picture for a half body. */
const SPINE_SHOWN_MIN = 0.55;

export function isInside(point: Point, width: number, height: number): boolean {
  return point.x >= 0 && point.y >= 0 && point.x < width && point.y < height;
}

/** By the lowest joints that are seen inside a picture of this size in pixels. */
export function decideFraming(
  pose: Pose,
  joints: JointPositions,
  width: number,
  height: number,
): Framing {
  const seen = (index: number, visibilityMin: number): boolean => {
    const landmark = landmarkAt(pose, index);
    return landmark.visibility >= visibilityMin && isInside(landmark, width, height);
  };
  if (seen(POSE.leftAnkle, SEEN_MIN) || seen(POSE.rightAnkle, SEEN_MIN)) return 'full-body';
  if (seen(POSE.leftKnee, SEEN_MIN) || seen(POSE.rightKnee, SEEN_MIN)) return 'three-quarter';
  if (seen(POSE.leftHip, HIP_SEEN_MIN) || seen(POSE.rightHip, HIP_SEEN_MIN)) return 'half-body';
  const neck = jointAt(joints, 'neck');
  const pelvis = jointAt(joints, 'pelvis');
  const shown = (height - neck.y) / Math.max(1, pelvis.y - neck.y);
  return shown >= SPINE_SHOWN_MIN ? 'half-body' : 'head-and-shoulders';
}

/** What the caller should know about the framing, if anything. */
export function findFraming(framing: Framing): Finding[] {
  if (framing === 'full-body') return [];
  const [shown, still] = {
    'three-quarter': ['the body down to the knees', 'legs stay where they are'],
    'half-body': ['the upper body', 'legs stay where they are'],
    'head-and-shoulders': ['head and shoulders', 'arms and legs stay where they are'],
  }[framing];
  return [
    {
      code: 'half_body',
      severity: 'warning',
      message:
        `The picture shows only ${shown}, so ${still} and the cut edge of the body stays at the ` +
        'border; use a picture with head and feet to transfer the whole movement.',
    },
  ];
}
