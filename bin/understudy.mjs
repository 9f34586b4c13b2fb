#!/usr/bin/env node
/**
 * Starts the command line on a Node that can run it. Plain JavaScript for any Node: whichever one
 * the shell found, the work is done by the Node 24 that was installed with the package.
 */

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NODE_MAJOR = 24;
/** What a shell says of a process that a signal has ended, before the number of the signal. */
const SIGNAL_EXIT = 128;

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const source = join(root, 'src/cli/main.ts');
const built = join(root, 'dist/cli/main.js');

// In the repository the sources run as they are; an installed package brings JavaScript.
const isRepository = existsSync(source);
const flags = isRepository ? ['--conditions=development'] : [];
const entry = isRepository ? source : built;

const child = spawn(
  findNode(),
  [...flags, '--disable-warning=ExperimentalWarning', entry, ...process.argv.slice(2)],
  // The fourth channel carries nothing: its end tells the command that this process is gone.
  { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] },
);

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    // A terminal sends Ctrl-C to both; passing it on would deliver it twice.
    if (signal === 'SIGINT' && process.stdin.isTTY) return;
    child.kill(signal);
  });
}

child.on('error', (error) => {
  console.error(`understudy: Node could not be started: ${error.message}`);
  process.exit(1);
});

child.on('exit', (code, signal) => {
  if (signal === null) process.exit(code ?? 1);
  // The first process of a container cannot be ended by a signal of its own.
  process.exitCode = SIGNAL_EXIT + constants.signals[signal];
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});

function findNode() {
  const file = process.platform === 'win32' ? 'node.exe' : 'bin/node';
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  try {
    return createRequire(import.meta.url).resolve(`node-${platform}-${process.arch}/${file}`);
  } catch {
    // No Node comes with the package for this platform; the one at hand may still be new enough.
  }
  if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR) return process.execPath;
  console.error(
    `understudy: Node ${NODE_MAJOR} or newer is needed; this is ${process.version}. ` +
      `Install Node ${NODE_MAJOR}, or run "npm ci" so that it is installed with the package.`,
  );
  process.exit(1);
}
