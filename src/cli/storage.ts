/** `understudy storage copy`: brings the media from one store to the other. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDiskStorage, openStorage } from '../main.ts';
import type { Storage } from '../storage/storage.ts';
import { type Command, EXIT_OK, readArguments, requireOneOf, UsageError } from './command.ts';

const HELP = `Usage: understudy storage copy s3
       understudy storage copy disk

Copies every stored picture, clip and result from the disk (DATA_DIR) to the bucket (S3_BUCKET), or back. Names stay
the same, what is there already with the same size is left alone, and nothing is removed; run it again after the
service has been stopped to copy what came meanwhile.`;

const BYTES_PER_MEGABYTE = 1024 * 1024;

export const storageCommand: Command = {
  name: 'storage',
  summary: 'copy the media between disk and S3',
  help: HELP,
  async run(args, io) {
    const { named } = readArguments(args, { options: {}, names: ['action', 'target'] });
    requireOneOf(named.action, ['copy'], '<action>');
    const target = requireOneOf(named.target, ['s3', 'disk'], '<target>');
    const config = io.readConfig();
    if (config.s3 === null)
      throw new UsageError('S3_BUCKET is not set, so there is one store only');
    const disk = await openDiskStorage(config);
    const bucket = await openStorage(config);
    const [from, to] = target === 's3' ? [disk, bucket] : [bucket, disk];
    const { copied, copiedBytes, kept } = await copyAll(from, to);
    const size = (copiedBytes / BYTES_PER_MEGABYTE).toFixed(1);
    io.out(`Copied ${copied} files (${size} MB) to ${target}; ${kept} were there already.`);
    return EXIT_OK;
  },
};

async function copyAll(from: Storage, to: Storage) {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-copy-'));
  const done = { copied: 0, copiedBytes: 0, kept: 0 };
  try {
    for await (const { key, sizeBytes } of from.list()) {
      const there = await to.stat(key);
      if (there?.sizeBytes === sizeBytes) {
        done.kept += 1;
        continue;
      }
      const facts = await from.stat(key);
      // It has expired and was removed since it was listed.
      if (facts === null) continue;
      const file = join(folder, 'blob');
      await from.getFile(key, file);
      await to.putFile(key, file, facts.contentType);
      done.copied += 1;
      done.copiedBytes += facts.sizeBytes;
    }
    return done;
  } finally {
    await rm(folder, { recursive: true });
  }
}
