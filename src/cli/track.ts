/**
 * `understudy track`: the motion of a clip, as a file that can be kept, mended and performed again.
 */

import {
  type Command,
  EXIT_OK,
  HAND_SOURCES,
  readArguments,
  requireOneOf,
  requireOption,
} from './command.ts';
import { printFindings } from './findings.ts';

const HELP = `Usage: understudy track <clip> -o <motion.json>

Finds the movement of the person in the clip and writes it down. "understudy render" performs it.

-o, --output <file>      where the motion goes
--hands <auto|driver|own>
                         driver, auto: also keep small pictures of the hands, which "render" can show; own: leave them out (default: auto)`;

const OPTIONS = {
  output: { type: 'string', short: 'o' },
  hands: { type: 'string', default: 'auto' },
} as const;

export const trackCommand: Command = {
  name: 'track',
  summary: 'write the motion of a clip to motion.json',
  help: HELP,
  async run(args, io) {
    const { values, named } = readArguments(args, { options: OPTIONS, names: ['clip'] });
    const outputFile = requireOption(values.output, '--output');
    const hands = requireOneOf(values.hands, HAND_SOURCES, '--hands');
    const { trackClip, writeMotion } = await import('@understudy/motion');
    const bar = io.createProgressBar();
    const motion = await trackClip(named.clip, {
      hands: hands !== 'own',
      onProgress: (fraction) => bar.show(fraction, 'tracking'),
      signal: io.stopSignal(),
    }).finally(() => bar.end());
    printFindings(io, motion.findings);
    await writeMotion(motion, outputFile);
    io.out(outputFile);
    return EXIT_OK;
  },
};
