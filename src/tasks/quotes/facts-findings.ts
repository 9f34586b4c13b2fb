/** What the facts of two inputs alone give to tell their owner before anything is paid. */

import type { ImageFacts, InputFinding, VideoFacts } from '../inputs.ts';

/** The short side of a result, in pixels. */
const SHORT_SIDE = { std: 720, pro: 1080 } as const;
const FPS_MAX = 30;
/** Rates such as 30.02 mean 30. */
const FPS_SLACK = 0.5;
const MS_PER_SECOND = 1_000;

export type QuotedFacts = {
  image: ImageFacts;
  video: VideoFacts;
  mode: 'std' | 'pro';
  /** Longest billed length, in milliseconds. */
  billableMsMax: number;
};

export function findInFacts({ image, video, mode, billableMsMax }: QuotedFacts): InputFinding[] {
  const findings: InputFinding[] = [];
  const shortSide = Math.min(image.width, image.height);
  const wanted = SHORT_SIDE[mode];
  if (shortSide < wanted) {
    findings.push({
      code: 'picture_enlarged',
      severity: 'warning',
      subject: 'image',
      value: shortSide,
      limit: wanted,
      message: `The short side of the picture is ${shortSide} px; the video has ${wanted} px.`,
      advice: `Send a picture of at least ${wanted} px, or it stays as soft as it is.`,
    });
  }
  if (video.fps !== null && video.fps > FPS_MAX + FPS_SLACK) {
    findings.push({
      code: 'frame_rate_reduced',
      severity: 'warning',
      subject: 'video',
      value: video.fps,
      limit: FPS_MAX,
      message: `The clip has ${video.fps} frames a second; the video has ${FPS_MAX}.`,
      advice: 'Nothing needs to be done; very quick gestures lose a little.',
    });
  }
  if (video.durationMs > billableMsMax) {
    const [seen, billed] = [video.durationMs / MS_PER_SECOND, billableMsMax / MS_PER_SECOND];
    findings.push({
      code: 'length_capped',
      severity: 'warning',
      subject: 'video',
      value: seen,
      limit: billed,
      message: `The clip is ${seen} s long; ${billed} s are billed.`,
      advice: 'Nothing needs to be done; nothing is billed beyond the limit.',
    });
  }
  return findings;
}
