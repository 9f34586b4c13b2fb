/** `understudy animate`: the whole work on files, without a service. */

import {
  type Command,
  EXIT_OK,
  HAND_SOURCES,
  readArguments,
  requireOneOf,
  requireOption,
} from './command.ts';
import { printFindings } from './findings.ts';

const HELP = `Usage: understudy animate --image <picture> --video <clip> -o <result.mp4> [options]

Makes the person of the picture perform the motion of the clip.

--image <file>           the picture: JPEG or PNG
--video <file>           the clip: MP4 or MOV
-o, --output <file>      where the result goes
--mode <std|pro>         std is 720p, pro is 1080p (default: std)
--orientation <image|video>
                         image: the character keeps its place and size; video: it follows the clip (default: image)
--hands <auto|driver|own>
                         driver: hands of the clip; own: hands of the picture; auto: the clip's where they fit (default: auto)
--prompt <text>          camera and look, such as "push in slowly, warm, film";
                         docs/reference/prompt.md shows the words
--no-sound               leave the clip's sound out
--watermark              draw a small mark
--cache <folder>         keep the tracked clip and the rigged picture there, and use what is there already
--contact-sheet <file>   also write a PNG with reference, picture and result side by side`;

const OPTIONS = {
  image: { type: 'string' },
  video: { type: 'string' },
  output: { type: 'string', short: 'o' },
  mode: { type: 'string', default: 'std' },
  orientation: { type: 'string', default: 'image' },
  hands: { type: 'string', default: 'auto' },
  prompt: { type: 'string' },
  'no-sound': { type: 'boolean', default: false },
  watermark: { type: 'boolean', default: false },
  cache: { type: 'string' },
  'contact-sheet': { type: 'string' },
} as const;

/** What `--cache` keeps at most. */
const CACHE_BYTES_MAX = 1024 ** 3;

export const animateCommand: Command = {
  name: 'animate',
  summary: 'make a picture perform a clip, without the service',
  help: HELP,
  async run(args, io) {
    const { values } = readArguments(args, { options: OPTIONS, names: [] });
    const imageFile = requireOption(values.image, '--image');
    const videoFile = requireOption(values.video, '--video');
    const outputFile = requireOption(values.output, '--output');
    const mode = requireOneOf(values.mode, ['std', 'pro'], '--mode');
    const orientation = requireOneOf(values.orientation, ['image', 'video'], '--orientation');
    const hands = requireOneOf(values.hands, HAND_SOURCES, '--hands');
    const { animate, contactSheet } = await import('@understudy/motion');
    const bar = io.createProgressBar();
    const result = await animate({
      imageFile,
      videoFile,
      outputFile,
      mode,
      orientation,
      hands,
      keepOriginalSound: !values['no-sound'],
      watermark: values.watermark,
      prompt: values.prompt ?? null,
      createdAt: new Date(),
      cache:
        values.cache === undefined ? null : { folder: values.cache, bytesMax: CACHE_BYTES_MAX },
      onCacheProblem: (error) => io.err(`Nothing could be kept in the cache: ${error}`),
      onProgress: (stage, overall) => bar.show(overall, stage),
      signal: io.stopSignal(),
    }).finally(() => bar.end());
    printFindings(io, result.findings);
    if (result.applied.length > 0) io.err(`applied: ${result.applied.join(', ')}`);
    const sheetFile = values['contact-sheet'];
    if (sheetFile !== undefined) {
      const files = { pictureFile: imageFile, referenceFile: videoFile, resultFile: outputFile };
      await contactSheet({ ...files, outputFile: sheetFile });
    }
    io.err(describeResult(result));
    io.out(outputFile);
    return EXIT_OK;
  },
};

type Result = Awaited<ReturnType<typeof import('@understudy/motion').animate>>;

function describeResult(result: Result): string {
  const { width, height, fps, durationMs, stageMs } = result;
  const stages = Object.entries(stageMs).map(([stage, ms]) => `${stage} ${toSeconds(ms)} s`);
  const size = `${width} x ${height} px, ${toSeconds(durationMs)} s at ${fps} frames a second`;
  return `${size} (${stages.join(', ')})`;
}

function toSeconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
