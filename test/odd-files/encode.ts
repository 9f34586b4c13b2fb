/** Small clips with any times, codecs and tracks, encoded by the packages that are installed. */

import { registerMediabunnyServer } from '@mediabunny/server';
import {
  AudioSample,
  AudioSampleSource,
  FilePathTarget,
  Logging,
  LogLevel,
  MovOutputFormat,
  Mp4OutputFormat,
  Output,
  Quality,
  type Rotation,
  type VideoCodec,
  VideoSample,
  VideoSampleSource,
} from 'mediabunny';

export type OddClip = {
  format?: 'mp4' | 'mov';
  /** Where the index stands. @default 'last' */
  index?: 'first' | 'last' | 'fragmented';
  codec?: VideoCodec;
  /** Seconds of each frame, one after the other. */
  frameSeconds: readonly number[];
  /** When the first frame is shown, in seconds. @default 0 */
  startsAt?: number;
  width?: number;
  height?: number;
  /** Pixel aspect is shown as another displayed width. */
  displayWidth?: number;
  rotation?: Rotation;
  /** Seconds of silence. @default none */
  soundSeconds?: number;
  /** @default 1 */
  videoTracks?: number;
};

const SOUND_RATE = 16_000;
const FAST_START = { first: 'in-memory', last: false, fragmented: 'fragmented' } as const;

let isRegistered = false;

export async function encodeOddClip(file: string, clip: OddClip): Promise<void> {
  if (!isRegistered) registerMediabunnyServer({ hardwareContext: null });
  isRegistered = true;
  Logging.level = LogLevel.Errors;
  const options = { fastStart: FAST_START[clip.index ?? 'last'] };
  const format =
    clip.format === 'mov' ? new MovOutputFormat(options) : new Mp4OutputFormat(options);
  const output = new Output({ format, target: new FilePathTarget(file) });
  const videos = Array.from({ length: clip.videoTracks ?? 1 }, () => {
    const source = new VideoSampleSource({
      codec: clip.codec ?? 'avc',
      quality: new Quality({ bitrate: 100_000 }),
      keyFrameInterval: 1,
    });
    output.addVideoTrack(source, { rotation: clip.rotation ?? 0 });
    return source;
  });
  const sound = new AudioSampleSource({ codec: 'aac', quality: new Quality({ bitrate: 48_000 }) });
  if (clip.soundSeconds) output.addAudioTrack(sound);
  await output.start();
  for (const video of videos) await addFrames(video, clip);
  if (clip.soundSeconds) await addSilence(sound, clip.soundSeconds);
  await output.finalize();
}

async function addFrames(source: VideoSampleSource, clip: OddClip): Promise<void> {
  const { width = 144, height = 160 } = clip;
  let timestamp = clip.startsAt ?? 0;
  for (const [index, duration] of clip.frameSeconds.entries()) {
    const data = new Uint8Array(width * height * 4).fill(60 + (index % 8) * 20);
    using sample = new VideoSample(data, {
      format: 'RGBA',
      codedWidth: width,
      codedHeight: height,
      displayWidth: clip.displayWidth ?? width,
      displayHeight: height,
      timestamp,
      duration,
    });
    await source.add(sample);
    timestamp += duration;
  }
  source.close();
}

async function addSilence(sound: AudioSampleSource, seconds: number): Promise<void> {
  using sample = new AudioSample({
    data: new Float32Array(Math.round(seconds * SOUND_RATE)),
    format: 'f32',
    numberOfChannels: 1,
    sampleRate: SOUND_RATE,
    timestamp: 0,
  });
  await sound.add(sample);
  sound.close();
}
