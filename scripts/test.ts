/**
 * Runs every suite the machine can run, and names the ones it cannot. Tests stand beside what they
 * test; suites that cross folders stand in `test/`. Arguments narrow the run to files whose path
 * contains one of them.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const PATTERNS = [
  'src/**/*.test.ts',
  'packages/*/src/**/*.test.ts',
  'samples/*.test.ts',
  'scripts/*.test.ts',
  'test/**/*.test.ts',
];
const CHROMIUM_PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const env = { ...process.env };
const skipped: string[] = [];
if (!env['TEST_DATABASE_URL']) {
  skipped.push('PostgreSQL: set TEST_DATABASE_URL to a database of its own (postgres://…)');
}
const chromium = env['TEST_CHROMIUM'] ?? CHROMIUM_PATHS.find((path) => existsSync(path));
if (chromium) env['TEST_CHROMIUM'] = chromium;
else skipped.push('browser: install Chromium, or set TEST_CHROMIUM to its path');

const wanted = process.argv.slice(2);
const files = PATTERNS.flatMap((pattern) => globSync(pattern, { cwd: root }))
  .filter((file) => !file.includes('node_modules'))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort();
if (files.length === 0) {
  console.error(`No test file's path contains ${wanted.join(' or ')}.`);
  process.exit(1);
}

const { status } = spawnSync(
  process.execPath,
  [
    '--conditions=development',
    '--disable-warning=ExperimentalWarning',
    '--test',
    `--test-concurrency=${Math.max(1, cpus().length)}`,
    ...files,
  ],
  { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] },
);
for (const suite of skipped) console.log(`Skipped suite: ${suite}.`);
process.exit(status ?? 1);
