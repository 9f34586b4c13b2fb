/** `understudy restore`: makes an empty data folder into the one that a backup was made of. */

import { chmod, copyFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { openStorage } from '../main.ts';
import {
  DUMP_FILE,
  type Manifest,
  MEDIA_FOLDER,
  makeEmptyFolder,
  readBackup,
  SECRET_FILE,
} from './backup-folder.ts';
import { type Command, EXIT_FAILED, EXIT_OK, type Io, readArguments } from './command.ts';
import { describeRows, describeViolations, putDump } from './dumps.ts';

const HELP = `Usage: understudy restore <folder>

Takes a backup into DATA_DIR, which must be empty or not there yet, and into the database of DATABASE_URL when that
is set, which must be empty too. Every file is held against its sum first, and the books are audited afterwards.`;

const OWNER_ONLY = 0o600;

export const restoreCommand: Command = {
  name: 'restore',
  summary: 'make a data folder of a backup',
  help: HELP,
  async run(args, io) {
    const { named } = readArguments(args, { options: {}, names: ['folder'] });
    const config = io.readConfig();
    const backup = await readBackup(named.folder);
    await makeEmptyFolder(config.dataDir);
    const { head, violations } = await putDump(config, join(named.folder, DUMP_FILE));
    if (backup.signingSecret !== null) {
      const secret = join(config.dataDir, SECRET_FILE);
      await copyFile(join(named.folder, SECRET_FILE), secret);
      await chmod(secret, OWNER_ONLY);
    }
    const storage = await openStorage(config);
    for (const { key, contentType } of backup.media ?? []) {
      await storage.putFile(key, join(named.folder, MEDIA_FOLDER, key), contentType);
    }
    io.out(`Restored ${describeRows(head)}.`);
    io.out(`  data   ${resolve(config.dataDir)}`);
    io.out(`  media  ${describeMedia(backup)}`);
    return report(io, describeViolations(violations));
  },
};

function describeMedia({ media }: Manifest): string {
  if (media !== null) return `${media.length} files`;
  return 'not in the backup; put them back into their storage, or results cannot be downloaded';
}

function report(io: Io, violations: readonly string[]): number {
  if (violations.length === 0) {
    io.out('The books balance.');
    return EXIT_OK;
  }
  io.err('The books do not balance; do not serve from this data folder:');
  for (const line of violations) io.err(`  ${line}`);
  return EXIT_FAILED;
}
