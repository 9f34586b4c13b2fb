/**
 * The flags of Node's permission model for a child that opens strangers' files: its own code may be
 * read, its own folders written, and nothing else.
 */

import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

export type Permissions = {
  /** The module that the child runs; what stands beside it may be read. */
  file: string;
  /** Folders that the child may read, besides its own code. */
  readFolders: readonly string[];
  /** Folders that it may read and write. */
  writeFolders: readonly string[];
  /** Whether it may start threads, which then have the same permissions. */
  mayStartThreads: boolean;
};

/** Decoders are native code, which the model cannot see into; all else stays forbidden. */
export function permissionFlags(permissions: Permissions): string[] {
  const { file, readFolders, writeFolders, mayStartThreads } = permissions;
  const readable = [...findCode(file), ...[...readFolders, ...writeFolders].flatMap(spellings)];
  return [
    '--permission',
    '--allow-addons',
    // That native code could do more is said in our own documents, not on every start.
    '--disable-warning=SecurityWarning',
    ...(mayStartThreads ? ['--allow-worker'] : []),
    ...new Set(readable.map((path) => `--allow-fs-read=${path}`)),
    ...writeFolders.flatMap(spellings).map((path) => `--allow-fs-write=${path}`),
  ];
}

/** Folders of the code that stands here, installed from a registry or in its repository. */
function findCode(file: string): string[] {
  const home = findPackage(dirname(import.meta.dirname));
  const found = new Set([withSlash(dirname(file)), withSlash(dirname(import.meta.dirname))]);
  found.add(join(home, 'package.json'));
  for (const folder of listParents(home)) {
    const modules = join(folder, 'node_modules');
    if (!existsSync(modules)) continue;
    found.add(withSlash(modules));
    // In the repository our own packages are links to folders beside it.
    const own = join(modules, '@understudy', 'motion');
    if (existsSync(own)) found.add(withSlash(realpathSync(own)));
  }
  return [...found];
}

/** The nearest folder upwards with a package.json, which says how modules are to be read. */
function findPackage(folder: string): string {
  const found = listParents(folder).find((parent) => existsSync(join(parent, 'package.json')));
  return found ?? folder;
}

function listParents(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...listParents(parent)];
}

/** The model compares names, so a folder behind a link is named both ways. */
function spellings(folder: string): string[] {
  const real = existsSync(folder) ? realpathSync(folder) : folder;
  return [...new Set([withSlash(folder), withSlash(real)])];
}

function withSlash(folder: string): string {
  return folder.endsWith(sep) ? folder : folder + sep;
}
