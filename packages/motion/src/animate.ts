/** Strings the stages together: a picture and a clip in, the picture performing the clip out. */

import type { CacheOptions } from './cache/cache-folder.ts';
import { openDetectors } from './detect/detectors.ts';
import { encodeVideo, type Provenance } from './encode/encode-video.ts';
import { drawWatermark } from './encode/watermark.ts';
import { type Direction, directPrompt } from './look/direct.ts';
import { readResultPicture } from './media/result-picture.ts';
import type { Character } from './model/character.ts';
import type { Finding } from './model/finding.ts';
import type { RgbaImage } from './model/image.ts';
import type { Motion } from './model/motion.ts';
import type { Performance } from './model/performance.ts';
import { renderFrames } from './render/renderer.ts';
import { willBorrowHands } from './retarget/hands/will-borrow.ts';
import { retarget } from './retarget/retarget.ts';
import { openReuse, type Reuse } from './reuse.ts';
import { rigPicture } from './rig/rig-picture.ts';
import { type TrackOptions, trackClip } from './track/track-clip.ts';
import { trackHands } from './track/track-hands.ts';
import { ENGINE_VERSION } from './version.ts';

/**
 * Frames are drawn and encoded while they are rendered, so there is no stage of its own for that.
 */
export const STAGES = ['tracking', 'rigging', 'retargeting', 'rendering'] as const;
/** A stretch of the work that is reported by name. */
export type Stage = (typeof STAGES)[number];

/**
 * Called often. Both fractions go from 0 to 1 and never back: `overall` for the whole work,
 * `within` for this stage.
 */
export type OnAnimateProgress = (stage: Stage, overall: number, within: number) => void;

/** What to make, from what, and where to put it. */
export type AnimateOptions = {
  imageFile: string;
  videoFile: string;
  /** Where the finished MP4 goes. */
  outputFile: string;
  /** `std`: shorter side 720 pixels, fast encoding. `pro`: 1080 pixels, better encoding. */
  mode: 'std' | 'pro';
  /**
   * `image`: the character keeps its place and size. `video`: it follows the path and apparent size
   * of the clip.
   */
  orientation: 'image' | 'video';
  /**
   * Whose hands move: `driver` shows those of the clip wherever they are seen well, `own` keeps the
   * character's, `auto` takes the driver's only where they can be taken for the character's own.
   *
   * @default 'auto'
   */
  hands?: 'auto' | 'driver' | 'own';
  /** Takes the sound of the clip along. */
  keepOriginalSound: boolean;
  /** Draws a small mark at the lower right. */
  watermark: boolean;
  /**
   * Camera and look in the words of docs/reference/prompt.md; others change nothing and come back
   * as the warning `prompt_not_applied`.
   */
  prompt?: string | null;
  /** When the work was asked for; written into the video. */
  createdAt: Date;
  /** Keeps tracked clips and rigged pictures for later calls. @default nothing is kept */
  cache?: CacheOptions | null;
  /** Told when something could not be kept; the video is made all the same. */
  onCacheProblem?: (error: unknown) => void;
  /** Told the motion of the clip once it is known, to judge the video by without tracking again. */
  onMotion?: (motion: Motion) => void;
  /** Told the character once it is known, for the same reason. */
  onCharacter?: (character: Character) => void;
  onProgress?: OnAnimateProgress;
  signal?: AbortSignal;
};

/** Facts of the finished video, and what the caller should read. */
export type AnimateResult = {
  width: number;
  height: number;
  fps: number;
  durationMs: number;
  frameCount: number;
  sizeBytes: number;
  /** What of the prompt was carried out, such as `push in (slight)`. */
  applied: string[];
  /** Warnings about picture, clip and request. */
  findings: Finding[];
  /** Stages whose outcome was taken from the cache. */
  reused: Stage[];
  /** How long each stage took; tracking and rigging may run at the same time. */
  stageMs: Record<Stage, number>;
};

/** Frames a second of the result, at most. */
export const FPS_MAX = 30;
/** What part of the whole each stage is, by the time it usually takes. */
const STAGE_PARTS: Record<Stage, number> = {
  tracking: 0.5,
  rigging: 0.2,
  retargeting: 0.01,
  rendering: 0.29,
};

/** How much of the tracking is done when only the hands are missing. */
const BODY_PART = 0.75;

/**
 * Makes the video. It is as long as the clip to within one frame, has the shape of the picture and
 * the rate of the clip (at most 30 a second). Memory does not grow with the length of the clip
 * beyond its motion (about 20 kB a frame).
 *
 * @throws MotionError when picture or clip cannot be used, with the finding that says why; the
 * signal's reason when aborted
 */
export async function animate(options: AnimateOptions): Promise<AnimateResult> {
  const { signal } = options;
  const watch = createStopwatch(options.onProgress ?? (() => {}));
  const reuse = openReuse(options.cache ?? null, options.onCacheProblem);
  const [body, character] = await runBoth(options.mode === 'std', signal, [
    (either) =>
      watch.run('tracking', (onProgress) => track(options, reuse, { signal: either, onProgress }), [
        0,
        BODY_PART,
      ]),
    () => watch.run('rigging', (onProgress) => rig(options, reuse, onProgress)),
  ]);
  const motion = await watch.run(
    'tracking',
    (onProgress) => addHands(body, character, options, reuse, onProgress),
    [BODY_PART, 1],
  );
  options.onMotion?.(motion);
  options.onCharacter?.(character);
  const performance = await watch.run('retargeting', async () =>
    retarget(character, motion, {
      orientation: options.orientation,
      hands: options.hands ?? 'auto',
    }),
  );
  const direction = directPrompt(options.prompt ?? '', character, performance);
  const video = await watch.run('rendering', (onProgress) =>
    write(options, character, performance, direction, onProgress),
  );
  await reuse.close();
  return {
    width: character.width,
    height: character.height,
    fps: performance.fps,
    durationMs: Math.round((1000 * video.frameCount) / performance.fps),
    frameCount: video.frameCount,
    sizeBytes: video.sizeBytes,
    applied: direction.applied,
    findings: [character, motion, performance, direction].flatMap(({ findings }) => findings),
    reused: reuse.reused,
    stageMs: watch.stageMs,
  };
}

/**
 * Two stages that need nothing of each other: tracking keeps the other threads busy while the
 * picture is rigged in this one. When one fails the other is stopped and waited for. A picture of
 * `pro` is so large that both together would need more than 1.2 GB; there one follows the other.
 */
async function runBoth<A, B>(
  isTogether: boolean,
  signal: AbortSignal | undefined,
  [one, other]: [(signal: AbortSignal) => Promise<A>, (signal: AbortSignal) => Promise<B>],
): Promise<[A, B]> {
  const stop = new AbortController();
  const either = AbortSignal.any(signal ? [signal, stop.signal] : [stop.signal]);
  const first = one(either);
  const second = isTogether ? other(either) : first.then(() => other(either));
  const works = [first, second] as const;
  try {
    const made = await Promise.all(works);
    signal?.throwIfAborted();
    return made;
  } catch (error) {
    stop.abort(error);
    await Promise.allSettled(works);
    throw error;
  }
}

async function track(
  options: AnimateOptions,
  reuse: Reuse,
  whileAtIt: Pick<TrackOptions, 'signal' | 'onProgress'>,
): Promise<Motion> {
  const { videoFile } = options;
  const settings = { ...howToTrack(options), hands: false };
  return await reuse.track(videoFile, settings, () =>
    trackClip(videoFile, { ...settings, ...whileAtIt }),
  );
}

/** The motion with the hands of the clip, if there is any use for them. */
async function addHands(
  motion: Motion,
  character: Character,
  options: AnimateOptions,
  reuse: Reuse,
  onProgress: (fraction: number) => void,
): Promise<Motion> {
  const { videoFile, signal, hands = 'auto' } = options;
  if (!willBorrowHands(character, motion, hands)) return motion;
  const settings = { ...howToTrack(options), hands: true };
  const isWorthIt = (sample: Motion) => willBorrowHands(character, sample, hands);
  const whileAtIt = { isWorthIt, onProgress, ...(signal ? { signal } : {}) };
  const complete = await reuse.track(videoFile, settings, () =>
    trackHands(videoFile, motion, { ...settings, ...whileAtIt }),
  );
  return complete ?? motion;
}

function howToTrack({ mode }: AnimateOptions) {
  const everyNthFrame = mode === 'std' ? 2 : 1;
  return { fpsMax: FPS_MAX, poseModel: 'full', everyNthFrame } as const satisfies TrackOptions;
}

async function rig(
  { imageFile, mode }: AnimateOptions,
  reuse: Reuse,
  onProgress: (fraction: number) => void,
): Promise<Character> {
  const settings = { mode, poseModel: 'heavy' } as const;
  return await reuse.rig(imageFile, settings, async () => {
    const picture = await readResultPicture(imageFile, mode);
    const detectors = await openDetectors(settings);
    try {
      return await rigPicture(picture, detectors, { onProgress, onSeen: detectors.close });
    } finally {
      detectors.close();
    }
  });
}

async function write(
  options: AnimateOptions,
  character: Character,
  performance: Performance,
  { performance: drawings, backdrop, develop }: Direction,
  onProgress: (fraction: number) => void,
): Promise<{ sizeBytes: number; frameCount: number }> {
  const { signal } = options;
  const rendered = renderFrames(character, drawings, {
    ...(signal ? { signal } : {}),
    ...(backdrop ? { backdrop } : {}),
  });
  const frames = develop(rendered);
  return await encodeVideo({
    file: options.outputFile,
    width: character.width,
    height: character.height,
    fps: performance.fps,
    quality: options.mode,
    frames: options.watermark ? mark(frames) : frames,
    frameCount: performance.frames.length,
    durationMs: performance.durationMs,
    metadata: provenance(options),
    onProgress,
    ...(options.keepOriginalSound ? { audioFrom: options.videoFile } : {}),
    ...(signal ? { signal } : {}),
  });
}

async function* mark(frames: AsyncIterable<RgbaImage>): AsyncGenerator<RgbaImage, void> {
  for await (const frame of frames) {
    drawWatermark(frame);
    yield frame;
  }
}

/** Says openly that the video was made by a machine, and by which. */
function provenance({ createdAt, mode, orientation }: AnimateOptions): Provenance {
  return {
    title: 'Understudy motion transfer',
    description:
      'Synthetic video: the motion of a clip was transferred to the person of a picture.',
    comment: `understudy-motion ${ENGINE_VERSION}; mode ${mode}; orientation ${orientation}`,
    date: createdAt.toISOString(),
  };
}

/** The part of a stage that a piece of work is, 0..1. */
type Span = readonly [from: number, to: number];
type Stopwatch = {
  stageMs: Record<Stage, number>;
  run<T>(
    stage: Stage,
    work: (onProgress: (fraction: number) => void) => Promise<T>,
    span?: Span,
  ): Promise<T>;
};

function createStopwatch(report: OnAnimateProgress): Stopwatch {
  const stageMs: Record<Stage, number> = { tracking: 0, rigging: 0, retargeting: 0, rendering: 0 };
  const within: Record<Stage, number> = { ...stageMs };
  const running = new Set<Stage>();
  const measureOverall = (): number =>
    STAGES.reduce((sum, stage) => sum + within[stage] * STAGE_PARTS[stage], 0);
  return {
    stageMs,
    async run(stage, work, [from, to] = [0, 1]) {
      const tell = (fraction: number): void => {
        within[stage] = Math.max(within[stage], from + (to - from) * fraction);
        // Of two at the same time the first is named until it is done.
        const named = STAGES.find((name) => running.has(name)) ?? stage;
        report(named, Math.min(1, measureOverall()), within[named]);
      };
      const startedAt = performance.now();
      running.add(stage);
      tell(0);
      const result = await work(tell);
      stageMs[stage] += Math.round(performance.now() - startedAt);
      running.delete(stage);
      tell(1);
      return result;
    },
  };
}
