import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
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

test('a command whose reader has gone ends as ever', async () => {
  const launcher = spawn(process.execPath, [LAUNCHER, '--version']);
  launcher.stdout.destroy();
  const errors = launcher.stderr.toArray();
  const [code] = await once(launcher, 'exit');
  assert.equal(Buffer.concat(await errors).toString(), '');
  assert.equal(code, 0);
});

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`a service ends with its launcher, also by ${signal}`, async (t) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'understudy-launcher-'));
    t.after(() => rm(dataDir, { recursive: true }));
    const launcher = spawn(process.execPath, [LAUNCHER, 'serve'], {
      env: { PATH: process.env['PATH'], DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'warn' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(launcher.stdout, 'data');
    launcher.kill(signal);
    // The pipe closes when the last process that holds it is gone: launcher and service.
    await once(launcher.stdout.resume(), 'close');
    if (launcher.exitCode === null && launcher.signalCode === null) await once(launcher, 'exit');
    assert.equal(launcher.exitCode, signal === 'SIGTERM' ? 0 : null);
  });
}
