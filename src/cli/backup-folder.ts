/**
 * A backup is a folder: the dump of the database, the signing secret, the media if they were asked
 * for, and `backup.json`, written last, which names every file with its size and SHA-256. Without
 * it a folder is no backup.
 */

import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { sumFile } from '../storage/file-sum.ts';
import { checkKey } from '../storage/keys.ts';

export const DUMP_FILE = 'database.jsonl.gz';
export const SECRET_FILE = 'signing-secret';
export const MEDIA_FOLDER = 'media';
const MANIFEST_FILE = 'backup.json';
const OWNER_ONLY = 0o600;
const OWNER_ONLY_FOLDER = 0o700;

const sum = { sizeBytes: z.number().int().nonnegative(), sha256: z.string().length(64) };

const manifest = z.object({
  format: z.literal('understudy-backup'),
  version: z.literal(1),
  /** The version of Understudy that made it. */
  madeBy: z.string(),
  database: z.object(sum),
  /** Null when the secret came from the environment, where the operator keeps it. */
  signingSecret: z.object(sum).nullable(),
  /** Null when the media were not asked for. */
  media: z
    .array(z.object({ key: z.string().refine(isKey), contentType: z.string(), ...sum }))
    .nullable(),
});

export type Manifest = z.output<typeof manifest>;
export type Sum = { sizeBytes: number; sha256: string };

/** A backup cannot be made or used as it is; the message says why. */
export class BackupError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BackupError';
  }
}

function isKey(key: string): boolean {
  try {
    checkKey(key);
    return true;
  } catch {
    return false;
  }
}

/** @throws {BackupError} when the folder has anything in it. */
export async function makeEmptyFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: OWNER_ONLY_FOLDER });
  const names = await readdir(folder);
  if (names.length === 0) return;
  throw new BackupError(
    `The folder ${folder} is not empty: it has ${names.slice(0, 3).join(', ')}${names.length > 3 ? ' …' : ''}. ` +
      'Name one that is, or that is not there yet.',
  );
}

export async function writeManifest(folder: string, content: Manifest): Promise<void> {
  const draft = join(folder, `${MANIFEST_FILE}.part`);
  await writeFile(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: OWNER_ONLY });
  await rename(draft, join(folder, MANIFEST_FILE));
}

/**
 * Reads the manifest and every file that it names.
 *
 * @throws {BackupError} for a folder that is no whole backup, or a file that is not as it was.
 */
export async function readBackup(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, MANIFEST_FILE), 'utf8').catch(() => {
    throw new BackupError(`The folder ${folder} is no whole backup: ${MANIFEST_FILE} is missing.`);
  });
  const parsed = manifest.safeParse(parseJson(text));
  if (!parsed.success) throw new BackupError(`${join(folder, MANIFEST_FILE)} cannot be read.`);
  const { database, signingSecret, media } = parsed.data;
  await checkFile(join(folder, DUMP_FILE), database);
  if (signingSecret !== null) await checkFile(join(folder, SECRET_FILE), signingSecret);
  for (const blob of media ?? []) await checkFile(join(folder, MEDIA_FOLDER, blob.key), blob);
  return parsed.data;
}

async function checkFile(file: string, expected: Sum): Promise<void> {
  const seen = await sumFile(file);
  if (seen.sizeBytes === expected.sizeBytes && seen.sha256 === expected.sha256) return;
  throw new BackupError(
    `${file} is not as it was: ${seen.sizeBytes} bytes with the sum ${seen.sha256}, not ` +
      `${expected.sizeBytes} bytes with ${expected.sha256}.`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
