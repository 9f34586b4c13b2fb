/**
 * Runs every suite the machine can run, and names the ones it cannot. Tests stand beside what they
 * test; suites that cross folders stand in `test/`. Arguments narrow the run to files whose path
 * contains one of them. Files that opened a database run a second time, on PostgreSQL.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import {
  findPostgres,
  type PostgresServer,
  startPostgres,
} from '../test/fixtures/postgres-server.ts';

const root = join(import.meta.dirname, '..');
const PATTERNS = [
  'src/**/*.test.ts',
  'packages/*/src/**/*.test.ts',
  'samples/*.test.ts',
  'scripts/*.test.ts',
  'test/**/*.test.ts',
];
const CHROMIUM_PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const NOTES_KEY = 'TEST_DATABASE_NOTES';

/** A test that hangs fails by its name, long before whoever started the run loses patience. */
const TEST_MS_MAX = 5 * 60_000;
/** What it left behind may keep its process alive: then the run ends here and names the file. */
const RUN_MS_MAX = 30 * 60_000;

const skipped: string[] = [];
process.exitCode = await runAll();
for (const suite of skipped) console.log(`Skipped suite: ${suite}.`);

async function runAll(): Promise<number> {
  const wanted = process.argv.slice(2);
  const files = PATTERNS.flatMap((pattern) => globSync(pattern, { cwd: root }))
    .filter((file) => !file.includes('node_modules'))
    .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
    .sort();
  if (files.length === 0) {
    console.error(`No test file's path contains ${wanted.join(' or ')}.`);
    return 1;
  }
  const env: NodeJS.ProcessEnv = { ...process.env };
  const chromium = env['TEST_CHROMIUM'] ?? CHROMIUM_PATHS.find((path) => existsSync(path));
  if (chromium) env['TEST_CHROMIUM'] = chromium;
  else skipped.push('browser: install Chromium, or set TEST_CHROMIUM to its path');

  const server = await openServer();
  if (server) env['TEST_DATABASE_URL'] = server.url;
  const notes = mkdtempSync(join(tmpdir(), 'understudy-notes-'));
  try {
    const status = await runFiles(files, { ...env, [NOTES_KEY]: notes });
    const again = server ? readNotes(notes, files) : [];
    if (again.length === 0) return status;
    console.log(`On PostgreSQL: ${again.length} files that use a database.`);
    return (await runFiles(again, { ...env, TEST_DATABASE: 'postgres' })) || status;
  } finally {
    rmSync(notes, { recursive: true, force: true });
    await server?.stop();
  }
}

/** The server that was named, or one of our own where PostgreSQL is installed. */
async function openServer(): Promise<Pick<PostgresServer, 'url' | 'stop'> | null> {
  const url = process.env['TEST_DATABASE_URL'];
  if (url) return { url, stop: async () => undefined };
  const binaries = findPostgres();
  if (binaries) return await startPostgres(binaries);
  skipped.push('PostgreSQL: install it, or set TEST_DATABASE_URL to a server (postgres://…)');
  return null;
}

/** Each file that opened a database has left a note with its own path. */
function readNotes(folder: string, files: readonly string[]): string[] {
  const noted = readdirSync(folder).map((name) =>
    relative(root, readFileSync(join(folder, name), 'utf8')),
  );
  return files.filter((file) => noted.includes(file));
}

async function runFiles(files: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(
    process.execPath,
    [
      '--conditions=development',
      '--disable-warning=ExperimentalWarning',
      '--test',
      `--test-concurrency=${Math.max(1, cpus().length)}`,
      `--test-timeout=${TEST_MS_MAX}`,
      ...files,
    ],
    { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'], timeout: RUN_MS_MAX },
  );
  const [status] = await once(child, 'exit');
  return typeof status === 'number' ? status : 1;
}
