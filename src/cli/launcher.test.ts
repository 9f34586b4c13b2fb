import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { VERSION } from '../kernel/version.ts';

const LAUNCHER = join(import.meta.dirname, '../../bin/understudy.mjs');

const launch = (...args: string[]) =>
  spawnSync(process.execPath, [LAUNCHER, ...args], { encoding: 'utf8' });

test('the launcher runs the command line and hands its output on', () => {
  const { status, stdout } = launch('--version');
  assert.equal(status, 0);
  assert.equal(stdout.trim(), VERSION);
});

test('the launcher ends with the exit code of the command', () => {
  assert.equal(launch('dance').status, 2);
});
