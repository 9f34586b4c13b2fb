/**
 * The secret of the download addresses: made once and kept, so that they outlive a restart, and
 * never half written, since an empty secret could be guessed by anybody.
 */

import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomBase58 } from '../kernel/ids.ts';

const FILE_NAME = 'signing-secret';
const SECRET_BYTES = 32;
const SECRET_CHARS_MIN = 32;
const OWNER_ONLY = 0o600;

/** @throws {Error} when the file holds something too short to be a secret. */
export async function loadSigningSecret(dataDir: string): Promise<string> {
  const file = join(dataDir, FILE_NAME);
  await writeOnce(file, randomBytes(SECRET_BYTES).toString('base64url'));
  const secret = (await readFile(file, 'utf8')).trim();
  if (secret.length >= SECRET_CHARS_MIN) return secret;
  throw new Error(
    `The file ${file} does not hold a whole secret. Remove it to get a new one; download addresses ` +
      'given out before then stop working.',
  );
}

/**
 * A link appears with all of its bytes or not at all, and of two processes that start together only
 * one can make it; both then read the same file.
 */
async function writeOnce(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomBase58()}`;
  try {
    await writeFile(draft, text, { mode: OWNER_ONLY });
    await link(draft, file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    await rm(draft, { force: true });
  }
}
