/**
 * The service in the test's own process: with an engine that has its result ready, a log that can
 * be read, and a server for the media that the test makes.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, createClient } from '@understudy/client';
import { pino } from 'pino';
import { readConfig } from '../../src/config.ts';
import { createService } from '../../src/main.ts';
import { prepareDataDir, reserveDatabase } from '../fixtures/database.ts';
import { type RangeServer, serveRanges } from '../fixtures/range-server.ts';
import { createStandInEngine } from '../fixtures/stand-in-engine.ts';

export type InnerService = {
  client: Client;
  /** Serves the folder of the media. */
  files: RangeServer;
  /** Path of a file in the folder of the media. */
  media(name: string): string;
  /** What the service has logged. */
  lines: Record<string, unknown>[];
  /** How many lines of the log say this. */
  count(message: string): number;
  close(): Promise<void>;
};

/** `makeMedia` is given the paths of the files that it makes by their names. */
export async function openInnerService(
  makeMedia: (media: (name: string) => string) => Promise<void>,
  environment: Record<string, string> = {},
): Promise<InnerService> {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-inner-'));
  const media = (name: string): string => join(folder, name);
  const lines: Record<string, unknown>[] = [];
  const log = pino({ level: 'info' }, { write: (line) => void lines.push(JSON.parse(line)) });
  const database = await reserveDatabase();
  await makeMedia(media);
  const files = await serveRanges(folder);
  await prepareDataDir(media('data'));
  const config = readConfig({
    PORT: '0',
    DATA_DIR: media('data'),
    ALLOW_CIDRS: '127.0.0.0/8',
    ...environment,
    ...database.environment,
  });
  const options = { log, engines: [createStandInEngine()], drainMsMax: 50 };
  const service = await createService(config, options);
  await service.start();
  return {
    client: createClient({ baseUrl: `${service.url}/v1`, apiKey: service.firstKey ?? '' }),
    files,
    media,
    lines,
    count: (message) => lines.filter(({ msg }) => msg === message).length,
    async close() {
      await service.stop();
      files.close();
      await database.drop();
      await rm(folder, { recursive: true });
    },
  };
}
