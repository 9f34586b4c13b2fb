/**
 * Body landmarks: the 33 points of BlazePose GHUM (Bazarevsky et al. 2020), in the order of the
 * model. "left" and "right" are the person's own, not the viewer's.
 */

/** Points of a body. */
export const POSE_LANDMARK_COUNT = 33;

/**
 * Numbers stored per pose landmark: x, y (pixels), z (pixels, smaller is nearer), visibility
 * (0..1).
 */
export const POSE_STRIDE = 4;

/** Index of each body point. */
export const POSE = {
  nose: 0,
  leftEyeInner: 1,
  leftEye: 2,
  leftEyeOuter: 3,
  rightEyeInner: 4,
  rightEye: 5,
  rightEyeOuter: 6,
  leftEar: 7,
  rightEar: 8,
  mouthLeft: 9,
  mouthRight: 10,
  leftShoulder: 11,
  rightShoulder: 12,
  leftElbow: 13,
  rightElbow: 14,
  leftWrist: 15,
  rightWrist: 16,
  leftPinky: 17,
  rightPinky: 18,
  leftIndex: 19,
  rightIndex: 20,
  leftThumb: 21,
  rightThumb: 22,
  leftHip: 23,
  rightHip: 24,
  leftKnee: 25,
  rightKnee: 26,
  leftAnkle: 27,
  rightAnkle: 28,
  leftHeel: 29,
  rightHeel: 30,
  leftFootIndex: 31,
  rightFootIndex: 32,
} as const;

/** One body in one picture: `Float32Array(33 * 4)`, see {@link POSE_STRIDE}. */
export type Pose = Float32Array;

/** Points of a face. */
export const FACE_LANDMARK_COUNT = 468;

/** Points of the face that more than one stage asks for; right and left are the person's own. */
export const FACE = {
  forehead: 10,
  chin: 152,
  /** Where the face meets the ears. */
  rightSide: 234,
  leftSide: 454,
  rightEyeOuter: 33,
  rightEyeInner: 133,
  leftEyeInner: 362,
  leftEyeOuter: 263,
  /** Middle of the lids. */
  rightEyeTop: 159,
  rightEyeBottom: 145,
  leftEyeTop: 386,
  leftEyeBottom: 374,
  /** Outer corners of the lips. */
  mouthRight: 61,
  mouthLeft: 291,
  /** Middle of the inner rim of the lips. */
  upperLip: 13,
  lowerLip: 14,
} as const;

/** Numbers stored per face landmark: x, y (pixels), z (pixels, smaller is nearer). */
export const FACE_STRIDE = 3;

/**
 * One face in one picture: the 468 points of MediaPipe Face Mesh (Kartynnik et al. 2019),
 * `Float32Array(468 * 3)`.
 */
export type Face = Float32Array;
