/** `understudy render`: a puppet performs a motion. */

import type { Character, Performance, RgbaImage } from '@understudy/motion';
import {
  type Command,
  EXIT_OK,
  HAND_SOURCES,
  type Io,
  readArguments,
  requireOneOf,
  requireOption,
} from './command.ts';
import { printFindings } from './findings.ts';

const HELP = `Usage: understudy render <character folder> <motion.json> -o <result.mp4> [options]

Lets the puppet of "understudy rig" perform the motion of "understudy track".

-o, --output <file>      where the result goes
--mode <std|pro>         how carefully it is encoded (default: std)
--orientation <image|video>
                         image: the character keeps its place and size; video: it follows the clip (default: image)
--hands <auto|driver|own>
                         driver: hands of the clip; own: hands of the picture; auto: the clip's where they fit (default: auto)
--sound-from <clip>      add the sound of this clip
--watermark              draw a small mark`;

const OPTIONS = {
  output: { type: 'string', short: 'o' },
  mode: { type: 'string', default: 'std' },
  orientation: { type: 'string', default: 'image' },
  hands: { type: 'string', default: 'auto' },
  'sound-from': { type: 'string' },
  watermark: { type: 'boolean', default: false },
} as const;

export const renderCommand: Command = {
  name: 'render',
  summary: 'let a puppet perform a motion',
  help: HELP,
  async run(args, io) {
    const names = ['character folder', 'motion.json'] as const;
    const { values, named } = readArguments(args, { options: OPTIONS, names });
    const file = requireOption(values.output, '--output');
    const quality = requireOneOf(values.mode, ['std', 'pro'], '--mode');
    const orientation = requireOneOf(values.orientation, ['image', 'video'], '--orientation');
    const hands = requireOneOf(values.hands, HAND_SOURCES, '--hands');
    const { readCharacter, readMotion, retarget } = await import('@understudy/motion');
    const character = await readCharacter(named['character folder']);
    const motion = await readMotion(named['motion.json']);
    const performance = retarget(character, motion, { orientation, hands });
    printFindings(io, [...character.findings, ...motion.findings, ...performance.findings]);
    await writeVideo(io, character, performance, {
      file,
      quality,
      watermark: values.watermark,
      soundFrom: values['sound-from'],
    });
    io.out(file);
    return EXIT_OK;
  },
};

type Output = {
  file: string;
  quality: 'std' | 'pro';
  watermark: boolean;
  soundFrom: string | undefined;
};

async function writeVideo(
  io: Io,
  character: Character,
  performance: Performance,
  { file, quality, watermark, soundFrom }: Output,
): Promise<void> {
  const { encodeVideo, ENGINE_VERSION, renderFrames, drawWatermark } = await import(
    '@understudy/motion'
  );
  const bar = io.createProgressBar();
  const signal = io.stopSignal();
  const frames = renderFrames(character, performance, { signal });
  await encodeVideo({
    file,
    width: character.width,
    height: character.height,
    fps: performance.fps,
    quality,
    frames: watermark ? drawOnEach(frames, drawWatermark) : frames,
    frameCount: performance.frames.length,
    durationMs: performance.durationMs,
    metadata: {
      title: 'Understudy motion transfer',
      description: 'Synthetic video: a written motion was performed by the person of a picture.',
      comment: `understudy-motion ${ENGINE_VERSION}; mode ${quality}`,
      date: new Date().toISOString(),
    },
    onProgress: (fraction) => bar.show(fraction, 'rendering'),
    signal,
    ...(soundFrom === undefined ? {} : { audioFrom: soundFrom }),
  }).finally(() => bar.end());
}

async function* drawOnEach(
  frames: AsyncIterable<RgbaImage>,
  draw: (frame: RgbaImage) => void,
): AsyncIterable<RgbaImage> {
  for await (const frame of frames) {
    draw(frame);
    yield frame;
  }
}
