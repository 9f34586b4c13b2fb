/**
 * Opens a clip and reads its frames as they are meant to be seen: upright, with square pixels, on
 * an even grid of time.
 */

import {
  FilePathSource,
  Input,
  type InputAudioTrack,
  type InputVideoTrack,
  type VideoSample,
  VideoSampleSink,
} from 'mediabunny';
import { MotionError } from '../model/finding.ts';
import type { RgbaImage } from '../model/image.ts';
import { readAsBt709 } from './bt709.ts';
import { CLIP_FORMATS, isDecoderFailure, registerCodecs } from './codecs.ts';
import { readShown, type Shown } from './edit-list.ts';

/** One picture of the even grid. */
export type ClipFrame = {
  /** Position on the grid, from 0. */
  index: number;
  /** `index` divided by the frame rate of the grid, in milliseconds. */
  timeMs: number;
  /** Opaque; belongs to the caller unless `sharesMemory` was asked for. */
  image: RgbaImage;
};

/** Which frames to read, and how large. */
export type ReadFramesOptions = {
  /** Frames a second of the grid. @default the clip's own rate */
  fps?: number;
  /** First frame of the grid to read. @default 0 */
  fromIndex?: number;
  /** End of the range, not read itself. @default the number of frames of the grid */
  toIndex?: number;
  /** Scale the frames to exactly this size in pixels. @default the displayed size */
  size?: { width: number; height: number };
  /**
   * All frames share one picture's memory: each is good only until the next one is asked for.
   * Spares the garbage collector some megabytes a frame. @default false
   */
  sharesMemory?: boolean;
  /**
   * Spares a few milliseconds a frame where colours may be some levels off, as they may for the
   * networks. @default false
   */
  hasRoughColours?: boolean;
};

/** An opened clip; close it when done. */
export type Clip = {
  /** Displayed size in pixels: after rotation and pixel aspect. */
  width: number;
  height: number;
  /**
   * Length of the video track in whole milliseconds, from its first picture on; its edit list may
   * end it early.
   */
  durationMs: number;
  /** Mean rate of the video track; exact where all frames are equally long. */
  fps: number;
  /** Pictures in the video track. */
  frameCount: number;
  /** Clockwise degrees that the stored pictures are turned by for display. */
  rotation: number;
  hasAudio: boolean;
  /** Names as in mediabunny: `avc`, `hevc`, `vp9`, ...; null when the codec is not known. */
  videoCodec: string | null;
  audioCodec: string | null;
  /**
   * Frames of the even grid `i / fps`; each shows the picture that is on screen at that time, so
   * variable frame rates come out right. Holds only a few decoded pictures at a time and waits for
   * its reader. Throws MotionError `clip_damaged` with the second where decoding ended.
   */
  frames(options?: ReadFramesOptions): AsyncGenerator<ClipFrame, void, undefined>;
  close(): void;
};

/** A clip whose pictures hold more pixels than this is refused. */
const CLIP_PIXELS_MAX = 40_000_000;

/**
 * Times are looked up this part of a frame later, so that rounded time stamps do not repeat one
 * frame and skip the next.
 */
const LOOKUP_DELAY = 0.1;

/** How many frames a grid over the whole clip has. */
export function countFrames(durationMs: number, fps: number): number {
  return Math.max(1, Math.round((durationMs / 1000) * fps));
}

/**
 * Opens a clip on disk: MP4, QuickTime, WebM, Matroska or MPEG-TS, in any codec that FFmpeg
 * decodes.
 *
 * @throws MotionError `clip_unreadable` when there is no picture track that can be decoded,
 * `clip_too_large` when its pictures exceed {@link CLIP_PIXELS_MAX}
 */
export async function openClip(file: string): Promise<Clip> {
  registerCodecs();
  const input = new Input({ formats: [...CLIP_FORMATS], source: new FilePathSource(file) });
  try {
    const video = await findVideoTrack(input);
    const audio = await input.getPrimaryAudioTrack();
    const shown = await findShown(video, file);
    const clip = await describeClip(video, audio, shown);
    return {
      ...clip,
      frames: (options = {}) => readFrames(video, clip, shown.start, options),
      close: () => input.dispose(),
    };
  } catch (error) {
    input.dispose();
    throw error instanceof MotionError ? error : unreadable(error);
  }
}

async function findVideoTrack(input: Input): Promise<InputVideoTrack> {
  const video = await input.getPrimaryVideoTrack();
  if (video === null) throw unreadable(null, 'it has no video track');
  if (!(await video.canDecode())) {
    throw unreadable(
      null,
      `its codec ${(await video.getCodec()) ?? 'is unknown and'} cannot be decoded`,
    );
  }
  return video;
}

function unreadable(cause: unknown, why = explain(cause)): MotionError {
  return new MotionError(
    {
      code: 'clip_unreadable',
      severity: 'error',
      message: `The clip cannot be read: ${why}.`,
    },
    { cause },
  );
}

function explain(cause: unknown): string {
  const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
  return isMissing ? 'there is no such file' : 'it is not a video file that we know';
}

/**
 * What of the file is the clip, in seconds on the clock of the file: it begins with its first
 * picture, and its sound with it.
 */
export async function findShown(video: InputVideoTrack, file: string): Promise<Shown> {
  const listed = (await readShown(file, video.id)) ?? { start: 0, end: Infinity };
  return { ...listed, start: Math.max(listed.start, await video.getFirstTimestamp()) };
}

type ClipFacts = Omit<Clip, 'frames' | 'close'>;

async function describeClip(
  video: InputVideoTrack,
  audio: InputAudioTrack | null,
  { start, end }: Shown,
): Promise<ClipFacts> {
  const width = await video.getDisplayWidth();
  const height = await video.getDisplayHeight();
  if (width * height > CLIP_PIXELS_MAX) throw tooLarge(width, height);
  const packetsEnd = await video.computeDuration();
  const { packetCount, averagePacketRate } = await video.computePacketStats();
  const { underlyingFrameRate, frameRateIsConstant } = await video.computeFrameRateMetrics();
  const exact = frameRateIsConstant ? underlyingFrameRate : null;
  const fps = exact ?? (packetCount > 1 ? averagePacketRate : 1);
  // Edits are written in coarser units than frames, so a small difference is rounding.
  const isTrimmed = packetsEnd - end > 1 / fps;
  const durationSeconds = (isTrimmed ? end : packetsEnd) - start;
  return {
    width,
    height,
    durationMs: Math.round(durationSeconds * 1000),
    fps,
    frameCount: packetCount,
    rotation: await video.getRotation(),
    hasAudio: audio !== null,
    videoCodec: await video.getCodec(),
    audioCodec: audio && (await audio.getCodec()),
  };
}

function tooLarge(width: number, height: number): MotionError {
  return new MotionError({
    code: 'clip_too_large',
    severity: 'error',
    message:
      `The clip is ${width} x ${height} pixels large; ` +
      `at most ${CLIP_PIXELS_MAX} pixels can be read.`,
    value: width * height,
  });
}

async function* readFrames(
  video: InputVideoTrack,
  clip: ClipFacts,
  firstTime: number,
  options: ReadFramesOptions,
): AsyncGenerator<ClipFrame, void, undefined> {
  const fps = options.fps ?? clip.fps;
  const fromIndex = options.fromIndex ?? 0;
  const toIndex = Math.min(options.toIndex ?? Infinity, countFrames(clip.durationMs, fps));
  const size = options.size ?? { width: clip.width, height: clip.height };
  const isBt709 = (await video.getColorSpace()).matrix === 'bt709';
  const sink = new VideoSampleSink(video);
  const delay = LOOKUP_DELAY / Math.max(fps, clip.fps);
  const times = gridTimes(fromIndex, toIndex, fps, firstTime, delay);
  const shared = options.sharesMemory ? { memory: new Uint8Array() } : null;
  const convert = createConverter(size, shared);
  let index = fromIndex;
  for await (const sample of untilDamage(sink.samplesAtTimestamps(times), () => index / fps)) {
    if (sample !== null) {
      using open = sample;
      const image = await convert(open);
      if (isBt709 && !options.hasRoughColours) readAsBt709(image);
      yield { index, timeMs: (index * 1000) / fps, image };
    }
    index += 1;
  }
}

/**
 * The items of a decoder, and instead of its own failure where in the clip it has failed.
 *
 * @throws MotionError `clip_damaged`
 */
export async function* untilDamage<T>(
  items: AsyncGenerator<T, void, unknown>,
  tellSeconds: () => number,
  what = 'pictures',
): AsyncGenerator<T, void, undefined> {
  try {
    yield* items;
  } catch (error) {
    throw isDecoderFailure(error) ? damaged(error, tellSeconds(), what) : error;
  }
}

function damaged(cause: unknown, seconds: number, what: string): MotionError {
  const value = Math.round(seconds * 10) / 10;
  return new MotionError(
    {
      code: 'clip_damaged',
      severity: 'error',
      message:
        `The clip is damaged: its ${what} cannot be decoded from second ${value} on; ` +
        'export it again, or cut it there.',
      value,
    },
    { cause },
  );
}

function* gridTimes(
  fromIndex: number,
  toIndex: number,
  fps: number,
  firstTime: number,
  delay: number,
): Generator<number, void, undefined> {
  for (let index = fromIndex; index < toIndex; index += 1) {
    yield firstTime + index / fps + delay;
  }
}

type Converter = (sample: VideoSample) => Promise<RgbaImage>;
type SharedMemory = { memory: Uint8Array<ArrayBuffer> };

/**
 * Stored pictures may be turned, squeezed or of another size; only those that are not are copied
 * without a detour. The detour uses a decoded picture up, and a slow clip shows it again, so the
 * last one that came out of it is kept.
 */
function createConverter(
  size: { width: number; height: number },
  shared: SharedMemory | null,
): Converter {
  let lastTimestamp: number | null = null;
  let lastPixels = new Uint8Array();
  return async (sample) => {
    if (sample.timestamp === lastTimestamp) {
      const data = takeMemory(shared, lastPixels.length);
      data.set(lastPixels);
      return { ...size, data };
    }
    const asStored =
      sample.codedWidth === size.width &&
      sample.codedHeight === size.height &&
      sample.rotation === 0 &&
      !sample.flip;
    if (asStored) return await copyRgba(sample, shared);
    const { timestamp } = sample;
    using shown = await sample.transform({ ...size, fit: 'fill' });
    const image = await copyRgba(shown, shared);
    if (lastPixels.length !== image.data.length) lastPixels = new Uint8Array(image.data.length);
    lastPixels.set(image.data);
    lastTimestamp = timestamp;
    return image;
  };
}

async function copyRgba(sample: VideoSample, shared: SharedMemory | null): Promise<RgbaImage> {
  const size = sample.allocationSize({ format: 'RGBA' });
  const data = takeMemory(shared, size);
  await sample.copyTo(data, { format: 'RGBA' });
  return { width: sample.codedWidth, height: sample.codedHeight, data };
}

function takeMemory(shared: SharedMemory | null, sizeBytes: number): Uint8Array<ArrayBuffer> {
  if (shared?.memory.length === sizeBytes) return shared.memory;
  const memory = new Uint8Array(sizeBytes);
  if (shared) shared.memory = memory;
  return memory;
}
