/** `understudy probe`: the facts of a picture or a clip, as the service would see them. */

import { isAppError } from '../kernel/errors.ts';
import type { Probe } from '../probe/probe.ts';
import { type Command, EXIT_OK, readArguments } from './command.ts';
import { withProbe } from './with-probe.ts';

const HELP = `Usage: understudy probe <file>

Prints what the file is as JSON: size, length, frame rate, codecs, rotation, sound for a clip; size and format for a
picture. The length is the one that would be billed, before rounding.`;

export const probeCommand: Command = {
  name: 'probe',
  summary: 'print the facts of a picture or a clip',
  help: HELP,
  async run(args, io) {
    const { named } = readArguments(args, { options: {}, names: ['file'] });
    const { limits } = io.readConfig();
    const facts = await withProbe(limits, (probe) => probeFile(probe, named.file));
    io.out(JSON.stringify(facts, null, 2));
    return EXIT_OK;
  },
};

/** A file that is no picture is a clip, or is refused as one. */
async function probeFile(probe: Probe, file: string): Promise<object> {
  try {
    return { kind: 'image', ...(await probe.probeImage(file)) };
  } catch (error) {
    if (!isAppError(error, 'image_format_unsupported')) throw error;
    return { kind: 'video', ...(await probe.probeVideo(file)) };
  }
}
