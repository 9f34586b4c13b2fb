/** The last stage: writes frames, and the sound of a clip, as an MP4 that plays while it loads. */

import { rename, rm, stat } from 'node:fs/promises';
import {
  FilePathTarget,
  type MetadataTags,
  Mp4OutputFormat,
  Output,
  Quality,
  type VideoEncodingConfig,
  VideoSample,
  VideoSampleSource,
} from 'mediabunny';
import { registerCodecs } from '../media/codecs.ts';
import type { RgbaImage } from '../model/image.ts';
import type { OnProgress } from '../model/progress.ts';
import { openSound, type SoundTrack } from './audio.ts';
import { createPlanePool } from './frame-planes.ts';
import { BT709, createI420Writer } from './yuv.ts';

/** `std` encodes fast with more bits, `pro` slowly with a better picture per bit. */
export type EncodeQuality = 'std' | 'pro';

/** Texts kept in the file; `date` is an ISO 8601 time. */
export type Provenance = {
  title?: string;
  description?: string;
  comment?: string;
  artist?: string;
  date?: string;
};

/** What to write, from what, and how. */
export type EncodeOptions = {
  /** Where the finished MP4 goes; until it is complete it has another name beside it. */
  file: string;
  /** Even numbers of pixels. */
  width: number;
  height: number;
  fps: number;
  quality: EncodeQuality;
  /** Opaque, each `width` x `height`; asked for one by one as the encoder takes them. */
  frames: AsyncIterable<RgbaImage>;
  /** How many frames will come, exactly. */
  frameCount: number;
  /** Clip whose sound is taken along; none when it is left out. */
  audioFrom?: string;
  /** The sound ends here, and never after the last frame. */
  durationMs: number;
  metadata: Provenance;
  onProgress?: OnProgress;
  signal?: AbortSignal;
};

/** What was written. */
export type EncodedVideo = { sizeBytes: number; frameCount: number };

/**
 * Bits a second for 1280 x 720; other sizes get as many bits a pixel. `std` is encoded in a hurry
 * and needs more of them: measured, both come to about 45 dB.
 */
const BITRATE_AT_720P = { std: 9_000_000, pro: 6_500_000 } as const;
const PIXELS_AT_720P = 1280 * 720;
/** The noise of very small pictures does not get smaller with them. */
const BITRATE_MIN = 600_000;

/** A player that jumps into the video starts from the key frame before. */
const KEY_FRAME_SECONDS = 2;

/** The sound is written this far ahead of the pictures. */
const SOUND_LEAD_SECONDS = 0.5;

/**
 * Encodes H.264 (yuv420p, BT.709) and AAC. Memory does not grow with the number of frames.
 *
 * @throws RangeError for an odd size; Error when a frame has another size or their number is not
 * `frameCount`; the signal's reason when aborted. Nothing is left behind in any of these cases.
 */
export async function encodeVideo(options: EncodeOptions): Promise<EncodedVideo> {
  const { file, width, height, frameCount, fps } = options;
  if (width % 2 !== 0 || height % 2 !== 0) {
    throw new RangeError(`H.264 needs an even size, not ${width} x ${height}.`);
  }
  registerCodecs();
  const partial = `${file}.partial`;
  const output = new Output({
    format: new Mp4OutputFormat({ fastStart: 'reserve' }),
    target: new FilePathTarget(partial),
  });
  const endSeconds = Math.min(options.durationMs / 1000, frameCount / fps);
  const sound = options.audioFrom ? await openSound(options.audioFrom, endSeconds) : null;
  try {
    const video = new VideoSampleSource(chooseEncoding(options));
    output.addVideoTrack(video, { frameRate: fps, maximumPacketCount: frameCount });
    if (sound !== null) {
      output.addAudioTrack(sound.source, { maximumPacketCount: sound.packetCountMax });
    }
    output.setMetadataTags(toTags(options.metadata));
    await output.start();
    await writeFrames(options, video, sound);
    await sound?.writeUntil(endSeconds);
    await output.finalize();
  } catch (error) {
    await output.cancel();
    await rm(partial, { force: true });
    throw error;
  } finally {
    sound?.close();
  }
  await rename(partial, file);
  return { sizeBytes: (await stat(file)).size, frameCount };
}

/** How H.264 is written for pictures of this size; also what a benchmark compares with. */
export function chooseEncoding({
  width,
  height,
  quality,
}: Pick<EncodeOptions, 'width' | 'height' | 'quality'>): VideoEncodingConfig {
  const bitrate = Math.max(
    BITRATE_MIN,
    Math.round((BITRATE_AT_720P[quality] * width * height) / PIXELS_AT_720P),
  );
  return {
    codec: 'avc',
    quality: new Quality({ bitrate }),
    keyFrameInterval: KEY_FRAME_SECONDS,
    latencyMode: quality === 'std' ? 'realtime' : 'quality',
    onEncodedPacket: (_packet, meta) => {
      // The encoder does not name the colours that it was given; without a name players guess by
      // the size.
      if (meta?.decoderConfig) meta.decoderConfig.colorSpace = BT709;
    },
  };
}

async function writeFrames(
  { frames, frameCount, fps, width, height, onProgress, signal }: EncodeOptions,
  video: VideoSampleSource,
  sound: SoundTrack | null,
): Promise<void> {
  const toI420 = createI420Writer(width, height);
  const pool = createPlanePool({ width, height });
  let index = 0;
  for await (const frame of frames) {
    signal?.throwIfAborted();
    if (index === frameCount) throw new Error(`More than the announced ${frameCount} frames came.`);
    if (frame.width !== width || frame.height !== height) {
      throw new Error(
        `Frame ${index} is ${frame.width} x ${frame.height}, not ${width} x ${height}.`,
      );
    }
    using sample = new VideoSample(pool.take(toI420(frame)), {
      timestamp: index / fps,
      duration: 1 / fps,
    });
    await video.add(sample);
    await sound?.writeUntil(index / fps + SOUND_LEAD_SECONDS);
    index += 1;
    onProgress?.(index / frameCount);
  }
  if (index < frameCount) {
    throw new Error(`Only ${index} of the announced ${frameCount} frames came.`);
  }
}

function toTags({ date, ...texts }: Provenance): MetadataTags {
  return date === undefined ? texts : { ...texts, date: new Date(date) };
}
