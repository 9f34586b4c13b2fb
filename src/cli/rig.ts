/** `understudy rig`: the puppet of a picture, as a folder that can be looked into and mended. */

import type { RgbaImage } from '@understudy/motion';
import { probeImage } from '../probe/image.ts';
import { type Command, EXIT_OK, readArguments, requireOneOf, requireOption } from './command.ts';
import { printFindings } from './findings.ts';

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
    const { width, height } = await probeImage(named.picture, io.readConfig().limits);
    const { openDetectors, readPicture, resultSize, rigPicture, writeCharacter } = await import(
      '@understudy/motion'
    );
    const fit = resultSize(width, height, mode);
    const picture = cutToEvenSize(await readPicture(named.picture, { fit }));
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

/** Video has pixels in pairs; an odd last row or column is left out. */
function cutToEvenSize({ width, height, data }: RgbaImage): RgbaImage {
  const even = { width: width - (width % 2), height: height - (height % 2) };
  const cut = new Uint8Array(even.width * even.height * 4);
  for (let y = 0; y < even.height; y++) {
    const start = y * width * 4;
    cut.set(data.subarray(start, start + even.width * 4), y * even.width * 4);
  }
  return { ...even, data: cut };
}
