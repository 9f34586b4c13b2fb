/**
 * The note that a running service leaves in its data folder, so that the command line on the same
 * machine finds it.
 */

import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export type ServiceNote = {
  /** Where the service listens, as seen from this machine. */
  url: string;
  pid: number;
  /** Opens the admin endpoints for as long as this process lives. */
  adminToken: string;
};

const FILE_NAME = 'service.json';
/** Only the user who runs the service may read the token. */
const OWNER_ONLY = 0o600;

/** Appears whole or not at all. */
export async function writeServiceNote(dataDir: string, note: ServiceNote): Promise<void> {
  const draft = join(dataDir, `${FILE_NAME}.${note.pid}`);
  await writeFile(draft, `${JSON.stringify(note)}\n`, { mode: OWNER_ONLY });
  await rename(draft, join(dataDir, FILE_NAME));
}

/** Null when there is none; a note may outlive a service that was killed. */
export async function readServiceNote(dataDir: string): Promise<ServiceNote | null> {
  const text = await readFile(join(dataDir, FILE_NAME), 'utf8').catch(() => null);
  return text === null ? null : readNote(text);
}

/** Removes the note of this process, and leaves the note of a later one. */
export async function removeServiceNote(dataDir: string, pid: number): Promise<void> {
  const note = await readServiceNote(dataDir);
  if (note?.pid === pid) await rm(join(dataDir, FILE_NAME), { force: true });
}

/** Text that is no note of ours counts as none. */
function readNote(text: string): ServiceNote | null {
  try {
    return toNote(JSON.parse(text));
  } catch {
    return null;
  }
}

function toNote(value: unknown): ServiceNote | null {
  if (typeof value !== 'object' || value === null) return null;
  const { url, pid, adminToken } = value as Partial<Record<keyof ServiceNote, unknown>>;
  if (typeof url !== 'string' || typeof pid !== 'number' || typeof adminToken !== 'string') {
    return null;
  }
  return { url, pid, adminToken };
}
