/** What the tidy suite knows about the repository: its own source files and what they import. */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

export const root = join(import.meta.dirname, '../..');

/** Files git tracks or would track, so that an uncommitted file is checked too. */
export function listFiles(): string[] {
  const output = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
  });
  return output.split('\0').filter((file) => file !== '' && existsSync(join(root, file)));
}

export function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

export function listSources(): string[] {
  return listFiles().filter((file) => file.endsWith('.ts') || file.endsWith('.mjs'));
}

export const isTest = (file: string): boolean =>
  file.endsWith('.test.ts') || file.startsWith('test/') || file.includes('/testing/');

/** The code of a file without comments; strings stay. */
export function stripComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`])\/\/.*$/gm, '$1');
}

export type Import = { from: string; to: string; isTypeOnly: boolean };

const IMPORT = /(?:import|export)\s+(type\s+)?(?:[\w*{}\s,$]+\s+from\s+)?['"]([^'"]+)['"]/g;

/** Relative imports of a file, resolved to paths of the repository. */
export function readImports(file: string): Import[] {
  const code = stripComments(read(file));
  return [...code.matchAll(IMPORT)]
    .filter((match) => match[2]?.startsWith('.'))
    .map((match) => ({
      from: file,
      to: posix.normalize(posix.join(dirname(file), match[2] ?? '')),
      isTypeOnly: match[1] !== undefined,
    }));
}

/** Names of the packages a file imports. */
export function readPackageImports(file: string): string[] {
  return [...stripComments(read(file)).matchAll(IMPORT)]
    .map((match) => match[2] ?? '')
    .filter((name) => !name.startsWith('.'));
}
