/** Writes frames and a tune as an MP4 (H.264, AAC) that plays while it loads. */
import { writeFile } from 'node:fs/promises';
import {
  AudioSample,
  AudioSampleSource,
  BufferTarget,
  Mp4OutputFormat,
  Output,
  Quality,
  VideoSample,
  VideoSampleSource,
} from 'mediabunny';
import { BT709, toI420 } from '../packages/motion/src/encode/yuv.ts';
import { registerCodecs } from '../packages/motion/src/media/codecs.ts';
import { CHANNELS, SAMPLE_RATE } from './tune.ts';

const VIDEO_BITRATE = 1_300_000;
const AUDIO_BITRATE = 96_000;

export type Clip = {
  file: string;
  width: number;
  height: number;
  fps: number;
  /** RGBA pictures in order. */
  frames: AsyncIterable<Uint8Array>;
  /** Interleaved sound, -1..1. */
  sound: Float32Array<ArrayBuffer>;
};

export async function writeClip(clip: Clip): Promise<void> {
  registerCodecs();
  const { width, height, fps } = clip;
  const target = new BufferTarget();
  const output = new Output({
    format: new Mp4OutputFormat({ fastStart: 'in-memory' }),
    target,
  });
  const video = new VideoSampleSource({
    codec: 'avc',
    quality: new Quality({ bitrate: VIDEO_BITRATE }),
    keyFrameInterval: 4,
    latencyMode: 'quality',
    onEncodedPacket: (_packet, meta) => {
      // Without the name of their colours players guess it by the size.
      if (meta?.decoderConfig) meta.decoderConfig.colorSpace = BT709;
    },
  });
  const audio = new AudioSampleSource({
    codec: 'aac',
    quality: new Quality({ bitrate: AUDIO_BITRATE }),
  });
  output.addVideoTrack(video, { frameRate: fps });
  output.addAudioTrack(audio);
  await output.start();
  const [sound, end] = [clip.sound, clip.sound.length / CHANNELS / SAMPLE_RATE];
  using tune = new AudioSample({
    data: sound,
    format: 'f32',
    numberOfChannels: CHANNELS,
    sampleRate: SAMPLE_RATE,
    timestamp: 0,
  });
  await audio.add(tune);
  let index = 0;
  for await (const data of clip.frames) {
    using sample = new VideoSample(toI420({ width, height, data }), {
      format: 'I420',
      codedWidth: width,
      codedHeight: height,
      timestamp: index / fps,
      duration: 1 / fps,
      colorSpace: BT709,
    });
    await video.add(sample);
    index++;
  }
  if (Math.abs(index / fps - end) > 1 / fps) {
    throw new Error(`${index} frames at ${fps} fps do not end with the sound at ${end} s.`);
  }
  await output.finalize();
  if (target.buffer === null) throw new Error('The finished clip holds nothing.');
  await writeFile(clip.file, new Uint8Array(target.buffer));
}
