/** `understudy score`: how well a result follows its reference, whichever engine made it. */

import type { MotionScore, ScorePart } from '@understudy/motion';
import {
  type Command,
  EXIT_OK,
  readArguments,
  requireOption,
  requireWholeNumber,
  UsageError,
} from './command.ts';

const HELP = `Usage: understudy score --reference <clip> --result <video> [options]

Tracks both videos and says how well the second follows the first, from 0 to 1. docs/explain/score.md explains each number.

--reference <file>  the clip whose motion was to be followed
--result <file>     the video to judge, of any engine, size, rate and length
--image <file>      the picture of the character; without it the likeness of the face is left out
--frames <count>    look at no more than this many moments, at least 12 (default: 90)
--plot <file>       also draw the parts and their course over time: SVG, or PNG when it ends with .png
--sheet <file>      also write a PNG with reference, picture and result side by side; needs --image
--json              print all numbers as JSON`;

const OPTIONS = {
  reference: { type: 'string' },
  result: { type: 'string' },
  image: { type: 'string' },
  frames: { type: 'string', default: '90' },
  plot: { type: 'string' },
  sheet: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

const FRAMES_MIN = 12;
const FRAMES_MAX = 18_000;

export const scoreCommand: Command = {
  name: 'score',
  summary: 'say how well a result follows its reference',
  help: HELP,
  async run(args, io) {
    const { values } = readArguments(args, { options: OPTIONS, names: [] });
    const referenceFile = requireOption(values.reference, '--reference');
    const resultFile = requireOption(values.result, '--result');
    const framesMax = requireWholeNumber(values.frames, [FRAMES_MIN, FRAMES_MAX], '--frames');
    const { image: pictureFile, sheet: sheetFile } = values;
    if (sheetFile !== undefined && pictureFile === undefined) {
      throw new UsageError('--sheet needs --image');
    }
    const { contactSheet, flattenScore, scoreResult, writeScorePlot } = await import(
      '@understudy/motion'
    );
    const bar = io.createProgressBar();
    const score = await scoreResult({
      referenceFile,
      resultFile,
      framesMax,
      ...(pictureFile === undefined ? {} : { pictureFile }),
      onProgress: (fraction) => bar.show(fraction, 'scoring'),
      signal: io.stopSignal(),
    }).finally(() => bar.end());
    if (values.plot !== undefined) await writeScorePlot(score, values.plot);
    if (sheetFile !== undefined && pictureFile !== undefined) {
      await contactSheet({ pictureFile, referenceFile, resultFile, outputFile: sheetFile });
    }
    const flat = flattenScore(score);
    if (values.json) io.out(JSON.stringify(flat, null, 2));
    else for (const line of describeScore(score, flat)) io.out(line);
    return EXIT_OK;
  },
};

function describeScore({ score, parts, weakest }: MotionScore, flat: object): string[] {
  const names = Object.keys(parts) as ScorePart[];
  const leftOut = names.filter((part) => parts[part] === null);
  const measured = Object.entries(flat).filter(
    ([name, value]) => !/^(score|weakest|part_.*|version)$/.test(name) && value !== null,
  );
  const width = Math.max(...measured.map(([name]) => name.length));
  return [
    `score ${score.toFixed(3)}`,
    ...names
      .filter((part) => parts[part] !== null)
      .map((part) => `  ${part.padEnd(width)}  ${parts[part]?.toFixed(3)}`),
    ...(leftOut.length > 0 ? [`left out, not measured: ${leftOut.join(', ')}`] : []),
    ...(weakest === null ? ['nobody was found in the result'] : [`weakest: ${weakest}`]),
    '',
    ...measured.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
  ];
}
