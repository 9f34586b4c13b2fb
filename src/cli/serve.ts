/** `understudy serve`: runs the service until it is told to stop. */

import { resolve } from 'node:path';
import type { Config } from '../config.ts';
import { VERSION } from '../kernel/version.ts';
import { createService, type Service } from '../main.ts';
import { NODE_ROLES, type NodeRole } from '../nodes/nodes.ts';
import { type Command, EXIT_OK, type Io, readArguments, UsageError } from './command.ts';

const MILLISECONDS_PER_SECOND = 1000;
const SAME_SIGNAL_MS = 1000;

const HELP = `Usage: understudy serve [--role all|api|worker]

Runs the service until it is stopped with Ctrl-C. It is configured by the environment alone; with nothing set it
listens on http://127.0.0.1:8787 and keeps everything in ./data. docs/reference/configuration.md names every key.

--role  what this process does (all): "api" answers requests and renders nothing, "worker" renders and answers
        only /healthz, /readyz and /metrics. Any number of each share one PostgreSQL (DATABASE_URL) and one storage.

Told to stop, it lets renders finish for DRAIN_SECONDS and gives the others back; told twice, it gives them back at
once.`;

export const serveCommand: Command = {
  name: 'serve',
  summary: 'run the service',
  help: HELP,
  async run(args, io) {
    const options = { role: { type: 'string', default: 'all' } } as const;
    const role = readRole(readArguments(args, { options, names: [] }).values.role);
    const config = io.readConfig();
    const stopping = waitForStopSignals();
    const service = await createService(config, { role });
    try {
      await service.start();
      greet(io, config, service, role);
      const signal = await stopping.first;
      io.err(
        `${signal}: stopping; renders may end for ${drainSeconds(config)} s, or until the next signal.`,
      );
    } finally {
      await service.stop(stopping.again);
    }
    return EXIT_OK;
  },
};

function readRole(value: string): NodeRole {
  const role = NODE_ROLES.find((known) => known === value);
  if (role !== undefined) return role;
  throw new UsageError(`--role is "${value}"; it can be ${NODE_ROLES.join(', ')}`);
}

function drainSeconds(config: Config): number {
  return config.tasks.drainMs / MILLISECONDS_PER_SECOND;
}

/**
 * Listens from the first moment on, so that a stop during the start is not lost. A supervisor that
 * signals a whole group reaches this process twice, directly and through the launcher, so what
 * follows within a second is the same signal.
 */
function waitForStopSignals(): { first: Promise<string>; again: AbortSignal } {
  const { promise, resolve: settle } = Promise.withResolvers<string>();
  const again = new AbortController();
  let firstAtMs: number | null = null;
  const take = (signal: string) => {
    const nowMs = performance.now();
    firstAtMs ??= nowMs;
    if (nowMs - firstAtMs > SAME_SIGNAL_MS) again.abort();
    settle(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => take(signal));
  return { first: promise, again: again.signal };
}

function greet(io: Io, config: Config, { url, firstKey }: Service, role: NodeRole): void {
  const publicUrl = config.http.publicUrl ?? url;
  io.out(`Understudy ${VERSION}${role === 'all' ? '' : `, role ${role}`}`);
  io.out('');
  io.out(`  address    ${url}`);
  if (config.databaseUrl !== null && config.s3 === null) {
    const folder = resolve(config.dataDir, 'storage');
    io.out(`  media      ${folder}; processes that cannot reach it need S3_BUCKET, like this one`);
  }
  if (role === 'worker') return;
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
