/** `understudy rig`: the puppet of a picture, as a folder that can be looked into and mended. */

import { type Command, EXIT_OK, readArguments, requireOneOf, requireOption } from './command.ts';
import { printFindings } from './findings.ts';
import { withProbe } from './with-probe.ts';

const HELP = `Usage: understudy rig <picture> -o <folder> [--mode <std|pro>]

Makes a puppet of the person in the picture: its joints, its parts, and the background without it. Each is a file in the
folder that can be mended by hand; overlay.png shows what was found. "understudy render" makes the puppet move.

-o, --output <folder>  where the puppet goes
--mode <std|pro>       the size it is made for: std is 720p, pro is 1080p (default: std)`;

export const rigCommand: Command = {
  name: 'rig',
  summary: 'make a puppet of a picture',
  help: HELP,
  async run(args, io) {
    const options = {
      output: { type: 'string', short: 'o' },
      mode: { type: 'string', default: 'std' },
    } as const;
    const { values, named } = readArguments(args, { options, names: ['picture'] });
    const outputFolder = requireOption(values.output, '--output');
    const mode = requireOneOf(values.mode, ['std', 'pro'], '--mode');
    await withProbe(io.readConfig().limits, (probe) => probe.probeImage(named.picture));
    const { openDetectors, readResultPicture, rigPicture, writeCharacter } = await import(
      '@understudy/motion'
    );
    const picture = await readResultPicture(named.picture, mode);
    const detectors = await openDetectors({ poseModel: 'heavy' });
    const bar = io.createProgressBar();
    try {
      const character = await rigPicture(picture, detectors, {
        onProgress: (fraction) => bar.show(fraction, 'rigging'),
      });
      bar.end();
      printFindings(io, character.findings);
      await writeCharacter(character, outputFolder);
    } finally {
      detectors.close();
      bar.end();
    }
    io.out(outputFolder);
    return EXIT_OK;
  },
};
