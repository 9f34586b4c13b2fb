/** One job in a process of its own, so that its time and its memory are its own; says both. */

import { animate } from '@understudy/motion';
import {
  FilePathSource,
  FilePathTarget,
  Input,
  MP4,
  Mp4OutputFormat,
  Output,
  VideoSampleSink,
  VideoSampleSource,
} from 'mediabunny';
import { chooseEncoding } from '../packages/motion/src/encode/encode-video.ts';
import { registerCodecs } from '../packages/motion/src/media/codecs.ts';

export type Job = {
  /** `whole` makes the video; `floor` only decodes the clip and encodes it again. */
  kind: 'whole' | 'floor';
  imageFile: string;
  videoFile: string;
  outputFile: string;
  mode: 'std' | 'pro';
  /** Size of the result, for the floor. */
  width: number;
  height: number;
};

export type Measured = {
  ms: number;
  /** Processor time of all threads. */
  cpuMs: number;
  /** Most memory the process held; its threads are part of it, and it starts no other process. */
  peakMb: number;
  stageMs: Record<string, number>;
};

const KIB_PER_MIB = 1024;

process.once('message', (job: Job) => {
  void run(job).then((measured) => {
    process.send?.(measured, () => process.exit(0));
  });
});

async function run(job: Job): Promise<Measured> {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  const stageMs = job.kind === 'whole' ? await makeVideo(job) : await passThrough(job);
  const { user, system } = process.cpuUsage(before);
  return {
    ms: performance.now() - startedAt,
    cpuMs: (user + system) / 1000,
    peakMb: process.resourceUsage().maxRSS / KIB_PER_MIB,
    stageMs,
  };
}

async function makeVideo(job: Job): Promise<Record<string, number>> {
  const { imageFile, videoFile, outputFile, mode } = job;
  const { stageMs } = await animate({
    imageFile,
    videoFile,
    outputFile,
    mode,
    orientation: 'image',
    keepOriginalSound: false,
    watermark: false,
    createdAt: new Date(0),
  });
  return stageMs;
}

/** Decodes and encodes with the settings of the result, and does nothing in between. */
async function passThrough({ videoFile, outputFile, width, height, mode }: Job) {
  registerCodecs();
  const input = new Input({ formats: [MP4], source: new FilePathSource(videoFile) });
  const track = await input.getPrimaryVideoTrack();
  if (track === null) throw new Error(`${videoFile} has no video track.`);
  const output = new Output({
    format: new Mp4OutputFormat(),
    target: new FilePathTarget(outputFile),
  });
  const source = new VideoSampleSource(chooseEncoding({ width, height, quality: mode }));
  output.addVideoTrack(source);
  await output.start();
  for await (const sample of new VideoSampleSink(track).samples()) {
    using decoded = sample;
    if (decoded.codedWidth === width && decoded.codedHeight === height) {
      await source.add(decoded);
    } else {
      using scaled = await decoded.transform({ width, height, fit: 'fill' });
      await source.add(scaled);
    }
  }
  await output.finalize();
  input.dispose();
  return {};
}
