/** `understudy serve`: runs the service until it is told to stop. */

import { resolve } from 'node:path';
import type { Config } from '../config.ts';
import { VERSION } from '../kernel/version.ts';
import { createService, type Service } from '../main.ts';
import { type Command, EXIT_OK, type Io, readArguments } from './command.ts';

const HELP = `Usage: understudy serve

Runs the service until it is stopped with Ctrl-C. It is configured by the environment alone; with nothing set it
listens on http://127.0.0.1:8787 and keeps everything in ./data. docs/reference/configuration.md names every key.`;

export const serveCommand: Command = {
  name: 'serve',
  summary: 'run the service',
  help: HELP,
  async run(args, io) {
    readArguments(args, { options: {}, names: [] });
    const config = io.readConfig();
    const stopSignal = waitForStopSignal();
    const service = await createService(config);
    try {
      await service.start();
      greet(io, config, service);
      const signal = await stopSignal;
      io.err(`${signal}: stopping; work under way is taken up again at the next start.`);
    } finally {
      await service.stop();
    }
    return EXIT_OK;
  },
};

/**
 * Listens from the first moment on, so that a stop during the start is not lost. Repeats are
 * ignored: a supervisor that signals a whole group reaches this process twice, directly and through
 * the launcher.
 */
function waitForStopSignal(): Promise<string> {
  const { promise, resolve: settle } = Promise.withResolvers<string>();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => settle(signal));
  return promise;
}

function greet(io: Io, config: Config, { url, firstKey }: Service): void {
  const publicUrl = config.http.publicUrl ?? url;
  io.out(`Understudy ${VERSION}`);
  io.out('');
  io.out(`  address    ${url}`);
  io.out(`  reference  ${publicUrl}/docs`);
  io.out(`  data       ${resolve(config.dataDir)}`);
  if (firstKey !== null) {
    io.out(`  key        ${firstKey}`);
    io.out('             It is shown this once. "understudy key create" makes another.');
  }
  io.out('');
  for (const line of describeCurl(publicUrl, firstKey ?? 'YOUR_API_KEY')) io.out(line);
  if (config.net.allowCidrs.length === 0) {
    io.out('');
    io.out('  Inputs are fetched from public addresses only; ALLOW_CIDRS opens others.');
  }
}

function describeCurl(publicUrl: string, key: string): string[] {
  return [
    `  curl -s "${publicUrl}/v1/videos/generations" \\`,
    `    -H "Authorization: Bearer ${key}" -H "Content-Type: application/json" \\`,
    `    -d '{"model":"kling-v3-motion-control",`,
    '         "image_url":"https://example.com/ref-image.png",',
    '         "video_url":"https://example.com/ref-video-8s.mp4",',
    `         "character_orientation":"image","mode":"std"}'`,
  ];
}
