/**
 * Names the code that a kept result was made by, so that no change of it can be forgotten: the
 * fingerprint is taken from the sources themselves.
 */

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

const SOURCES = join(import.meta.dirname, '..');

/** Networks, decoders and picture code of others; another version may see other things. */
const LIBRARIES = [
  '@litertjs/core',
  '@mediapipe/holistic',
  '@mediabunny/server',
  'mediabunny',
  'sharp',
];

const TEST = /\.test\.[jt]s$|(^|[\\/])testing[\\/]/;
const CODE = /(?<!\.d)\.[jt]s$/;

/**
 * Hexadecimal SHA-256 over the sources of the given folders of this package (those of tests do not
 * count) and the versions of the libraries below them. A changed comment changes it too, which
 * costs one run and nothing else.
 *
 * @param folders such as `track` and `detect`
 */
export async function fingerprintSources(
  folders: readonly string[],
  sources = SOURCES,
): Promise<string> {
  const hash = createHash('sha256');
  for (const name of LIBRARIES) hash.update(`${name} ${await readVersion(name)}\n`);
  for (const folder of folders.toSorted()) {
    const files = await readdir(join(sources, folder), { recursive: true });
    for (const file of files.filter((path) => CODE.test(path) && !TEST.test(path)).sort()) {
      const path = join(sources, folder, file);
      hash.update(`${relative(sources, path)}\n`).update(await readFile(path));
    }
  }
  return hash.digest('hex');
}

/** Read from the library's folder, since not every library exports its package.json. */
async function readVersion(name: string): Promise<string> {
  let folder = dirname(createRequire(import.meta.url).resolve(name));
  while (dirname(folder) !== folder) {
    const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '{}');
    const found = JSON.parse(text) as { name?: string; version?: string };
    if (found.name === name && found.version) return found.version;
    folder = dirname(folder);
  }
  throw new Error(`The package ${name} was not found.`);
}
