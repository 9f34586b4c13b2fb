/**
 * The door of @understudy/motion: the whole work in one call, its stages one by one, and the files
 * between them.
 */

export {
  type AnimateOptions,
  type AnimateResult,
  animate,
  FPS_MAX,
  type OnAnimateProgress,
  STAGES,
  type Stage,
} from './animate.ts';
export type { CacheOptions } from './cache/cache-folder.ts';
export { type ContactSheetOptions, contactSheet, MOMENTS_MAX } from './contact-sheet.ts';
export { type DetectorOptions, type Detectors, openDetectors } from './detect/detectors.ts';
export {
  type EncodedVideo,
  type EncodeOptions,
  type EncodeQuality,
  encodeVideo,
  type Provenance,
} from './encode/encode-video.ts';
export { drawWatermark } from './encode/watermark.ts';
export { type Direction, directPrompt } from './look/direct.ts';
export { type CameraMove, type Look, type Prompt, readPrompt } from './look/read-prompt.ts';
export {
  CAMERA_TERMS,
  CAMERA_WORDS,
  type CameraWord,
  LOOK_TERMS,
  LOOK_WORDS,
  type LookWord,
  type Term,
} from './look/vocabulary.ts';
export { type Clip, type ClipFrame, openClip, type ReadFramesOptions } from './media/clip.ts';
export { type ReadPictureOptions, readPicture, writePng } from './media/picture.ts';
export { LONGER_SIDE_MAX, readResultPicture, resultSize } from './media/result-picture.ts';
export * from './model/character.ts';
export { type Finding, MotionError } from './model/finding.ts';
export type * from './model/geometry.ts';
export type * from './model/image.ts';
export type * from './model/motion.ts';
export type * from './model/performance.ts';
export * from './model/pose.ts';
export type * from './model/progress.ts';
export type { PreflightFinding } from './preflight/finding.ts';
export {
  type OpenPreflight,
  openPreflight,
  type PreflightOptions,
  preflight,
} from './preflight.ts';
export {
  createRenderer,
  type Renderer,
  type RenderOptions,
  renderFrames,
} from './render/renderer.ts';
export { type RetargetOptions, retarget } from './retarget/retarget.ts';
export { readCharacter, writeCharacter } from './rig/character-folder.ts';
export { type RigOptions, rigPicture } from './rig/rig-picture.ts';
export { comparePictures, type PictureLikeness } from './score/compare-pictures.ts';
export {
  FACE_SIGNALS,
  type FaceSignal,
  type FlatScore,
  flattenScore,
  type MotionScore,
  SCORE_PARTS,
  SCORE_VERSION,
  SCORE_WEIGHTS,
  type ScoreCurves,
  type ScoreMeasures,
  type ScorePart,
} from './score/motion-score.ts';
export { writeScorePlot } from './score/plot.ts';
export { type ScoreOptions, scoreResult } from './score-result.ts';
export { readMotion, writeMotion } from './track/motion-file.ts';
export { type TrackOptions, trackClip } from './track/track-clip.ts';
export { ENGINE_VERSION } from './version.ts';
