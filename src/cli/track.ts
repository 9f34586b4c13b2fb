/**
 * `understudy track`: the motion of a clip, as a file that can be kept, mended and performed again.
 */

import { type Command, EXIT_OK, readArguments, requireOption } from './command.ts';
import { printFindings } from './findings.ts';

const HELP = `Usage: understudy track <clip> -o <motion.json>

Finds the movement of the person in the clip and writes it down. "understudy render" performs it.

-o, --output <file>  where the motion goes`;

export const trackCommand: Command = {
  name: 'track',
  summary: 'write the motion of a clip to motion.json',
  help: HELP,
  async run(args, io) {
    const options = { output: { type: 'string', short: 'o' } } as const;
    const { values, named } = readArguments(args, { options, names: ['clip'] });
    const outputFile = requireOption(values.output, '--output');
    const { trackClip, writeMotion } = await import('@understudy/motion');
    const bar = io.createProgressBar();
    const motion = await trackClip(named.clip, {
      onProgress: (fraction) => bar.show(fraction, 'tracking'),
      signal: io.stopSignal(),
    }).finally(() => bar.end());
    printFindings(io, motion.findings);
    await writeMotion(motion, outputFile);
    io.out(outputFile);
    return EXIT_OK;
  },
};
