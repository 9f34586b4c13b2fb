/** The jailed child of the fuzzer: decodes a few frames, as the work behind the probe does. */

import { registerMediabunnyServer } from '@mediabunny/server';
import { CustomSource, Input, Logging, LogLevel, MP4, QTFF, VideoSampleSink } from 'mediabunny';
import sharp from 'sharp';
import { type ReadRange, serveJobs } from '../../src/jail/inmate.ts';

export type DecodeJob = { kind: 'image' | 'video'; sizeBytes: number };

const FRAMES_MAX = 3;
const LONG_SIDE = 720;

Logging.level = LogLevel.Silent;
registerMediabunnyServer({ hardwareContext: null });

serveJobs(async (asked, read) => {
  const { kind, sizeBytes } = asked as DecodeJob;
  return kind === 'image'
    ? await decodePicture(sizeBytes, read)
    : await decodeClip(sizeBytes, read);
});

async function decodePicture(sizeBytes: number, read: ReadRange): Promise<number> {
  const picture = sharp(await read(0, sizeBytes)).autoOrient();
  const { data } = await picture
    .resize({ width: LONG_SIDE, height: LONG_SIDE, fit: 'inside' })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return data.length;
}

async function decodeClip(sizeBytes: number, read: ReadRange): Promise<number> {
  const source = new CustomSource({ getSize: () => sizeBytes, read });
  const input = new Input({ formats: [MP4, QTFF], source });
  let frameCount = 0;
  try {
    const track = await input.getPrimaryVideoTrack();
    if (track === null) return frameCount;
    for await (const sample of new VideoSampleSink(track).samples()) {
      using open = sample;
      await open.copyTo(new Uint8Array(open.allocationSize({ format: 'RGBA' })), {
        format: 'RGBA',
      });
      frameCount += 1;
      if (frameCount >= FRAMES_MAX) break;
    }
    return frameCount;
  } finally {
    input.dispose();
  }
}
