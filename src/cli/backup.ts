/** `understudy backup`: keeps all that a service needs to go on elsewhere, also while it serves. */

import { createWriteStream } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Config } from '../config.ts';
import { VERSION } from '../kernel/version.ts';
import { openStorage } from '../main.ts';
import { sumFile } from '../storage/file-sum.ts';
import {
  DUMP_FILE,
  type Manifest,
  MEDIA_FOLDER,
  makeEmptyFolder,
  SECRET_FILE,
  type Sum,
  writeManifest,
} from './backup-folder.ts';
import { type Command, EXIT_OK, readArguments } from './command.ts';
import { describeRows, takeDump } from './dumps.ts';

const HELP = `Usage: understudy backup <folder> [--media]

Writes a backup into a new folder: all rows of the database as of one moment, the secret that signs download
addresses, and with --media the stored pictures, clips and results. Works while the service runs; on the embedded
database its other work waits until the rows are written.

--media  copies the media too; without it they stay where they are, and a restore needs the same storage

"understudy restore <folder>" makes a data folder of it again.`;

const BYTES_PER_MEGABYTE = 1024 * 1024;

export const backupCommand: Command = {
  name: 'backup',
  summary: 'write a backup, also while the service runs',
  help: HELP,
  async run(args, io) {
    const options = { media: { type: 'boolean', default: false } } as const;
    const { values, named } = readArguments(args, { options, names: ['folder'] });
    const config = io.readConfig();
    await makeEmptyFolder(named.folder);
    const file = join(named.folder, DUMP_FILE);
    const { head } = await takeDump(config, file);
    const signingSecret = await copySecret(config, named.folder);
    // After the rows: what they name is there by then, and blobs are never changed.
    const media = values.media ? await copyMedia(config, named.folder) : null;
    await writeManifest(named.folder, {
      format: 'understudy-backup',
      version: 1,
      madeBy: VERSION,
      database: await sumFile(file),
      signingSecret,
      media,
    });
    io.out(`Backed up ${describeRows(head)}.`);
    if (media !== null) io.out(`  media   ${media.length} files, ${describeSize(media)}`);
    io.out(`  folder  ${resolve(named.folder)}`);
    return EXIT_OK;
  },
};

/** Null when the environment holds it, or no service has made one yet. */
async function copySecret({ dataDir, http }: Config, folder: string): Promise<Sum | null> {
  if (http.signingSecret !== null) return null;
  const target = join(folder, SECRET_FILE);
  const copied = await copyFile(join(dataDir, SECRET_FILE), target).then(
    () => true,
    (error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
      throw error;
    },
  );
  return copied ? await sumFile(target) : null;
}

async function copyMedia(config: Config, folder: string): Promise<Manifest['media']> {
  const storage = await openStorage(config);
  const copied: NonNullable<Manifest['media']> = [];
  for await (const { key } of storage.list()) {
    const facts = await storage.stat(key);
    // It has expired and was removed since it was listed.
    if (facts === null) continue;
    const target = join(folder, MEDIA_FOLDER, key);
    await mkdir(dirname(target), { recursive: true });
    // Not by a link: a backup that shares its bytes with the original is none.
    await pipeline(await storage.open(key), createWriteStream(target));
    copied.push({ key, contentType: facts.contentType, ...(await sumFile(target)) });
  }
  return copied;
}

function describeSize(media: readonly Sum[]): string {
  const sizeBytes = media.reduce((all, blob) => all + blob.sizeBytes, 0);
  return `${(sizeBytes / BYTES_PER_MEGABYTE).toFixed(1)} MB`;
}
