/**
 * Runs the two slow stages, or takes over what they made of the very same input before; either way
 * the result is the same to the last bit.
 */

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import {
  type CacheFolder,
  type CacheOptions,
  hashFile,
  openCacheFolder,
} from './cache/cache-folder.ts';
import { fingerprintSources } from './cache/fingerprint.ts';
import type { Character } from './model/character.ts';
import type { Motion } from './model/motion.ts';
import { readCharacter, settleCharacter, writeCharacter } from './rig/character-folder.ts';
import { findUnwritten, readMotion, settleMotion, writeMotion } from './track/motion-file.ts';

/** Does a stage once for each input, options and version of the code. */
export type Reuse = {
  /**
   * `options` is everything beside the bytes of `file` that the outcome of `make` depends on. An
   * outcome that is null is not kept.
   */
  track<Made extends Motion | null>(
    file: string,
    options: object,
    make: () => Promise<Made>,
  ): Promise<Made | Motion>;
  rig(file: string, options: object, make: () => Promise<Character>): Promise<Character>;
  /** What was taken over so far. */
  reused: StageName[];
  /** Resolves when everything new is kept. Never rejects. */
  close(): Promise<void>;
};

type StageName = 'tracking' | 'rigging';

/** How one stage is recognised and kept. */
type Stage<T> = {
  name: StageName;
  /** Folders of the package whose code decides about the outcome. */
  sources: readonly string[];
  /** The outcome exactly as it will be after writing and reading. */
  settle(made: T): T;
  write(made: T, folder: string): Promise<void>;
  read(folder: string): Promise<T>;
};

const FOUNDATIONS = ['detect', 'media', 'model'];
const MOTION_FILE = 'motion.json';

const TRACKING: Stage<Motion> = {
  name: 'tracking',
  sources: [...FOUNDATIONS, 'track'],
  settle: settleMotion,
  write: writeWholeMotion,
  read: (folder) => readMotion(join(folder, MOTION_FILE)),
};

const RIGGING: Stage<Character> = {
  name: 'rigging',
  sources: [...FOUNDATIONS, 'rig'],
  settle: settleCharacter,
  write: writeCharacter,
  read: readCharacter,
};

/** A motion that lost something in its file must not stand for the one that was tracked. */
async function writeWholeMotion(motion: Motion, folder: string): Promise<void> {
  const unwritten = findUnwritten(motion);
  if (unwritten.length > 0)
    throw new Error(`${MOTION_FILE} does not hold ${unwritten.join(', ')}.`);
  await writeMotion(motion, join(folder, MOTION_FILE));
}

/**
 * Opens a cache for one job; null keeps nothing.
 *
 * @param onProblem told when something could not be kept, which fails no job
 */
export function openReuse(
  options: CacheOptions | null,
  onProblem: (error: unknown) => void = () => {},
): Reuse {
  const cache = options && openCacheFolder(options);
  const reused: StageName[] = [];
  const keeping: Promise<void>[] = [];
  const once = async <T, Made extends T | null>(
    stage: Stage<T>,
    file: string,
    settings: object,
    make: () => Promise<Made>,
  ): Promise<Made | T> => {
    const makeSettled = async (): Promise<Made | T> => {
      const made = await make();
      return made === null ? made : stage.settle(made);
    };
    if (cache === null) return await makeSettled();
    const name = await nameEntry(stage, file, settings);
    const found = await cache.take(name, stage.read);
    if (found !== null) {
      if (!reused.includes(stage.name)) reused.push(stage.name);
      return found;
    }
    const made = await makeSettled();
    if (made === null) return made;
    keeping.push(keep(cache, name, stage, made).catch(onProblem));
    return made;
  };
  return {
    track: (file, settings, make) => once(TRACKING, file, settings, make),
    rig: (file, settings, make) => once(RIGGING, file, settings, make),
    reused,
    async close() {
      await Promise.all(keeping);
    },
  };
}

async function keep<T>(cache: CacheFolder, name: string, stage: Stage<T>, made: T): Promise<void> {
  await cache.keep(name, (folder) => stage.write(made, folder));
}

async function nameEntry<T>(stage: Stage<T>, file: string, settings: object): Promise<string> {
  const code = await fingerprintSources(stage.sources);
  const input = await hashFile(file);
  const identity = JSON.stringify([code, input, settings]);
  return `${stage.name}-${createHash('sha256').update(identity).digest('hex')}`;
}
