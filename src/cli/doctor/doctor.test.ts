import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readConfig } from '../../config.ts';
import { formatFound, runCheck } from './check.ts';
import { describeSpace, examineClock, examinePort } from './places.ts';
import { judgeSettings } from './settings.ts';
import { examineNative } from './works.ts';

const folder = await mkdtemp(join(tmpdir(), 'understudy-doctor-test-'));
after(() => rm(folder, { recursive: true }));

const LARGE = { memoryMb: 64_000, processors: 16 };
const judge = (env: Record<string, string>, machine = LARGE) =>
  judgeSettings(readConfig(env), machine).map(({ name, state }) => `${state} ${name}`);

test('the settings of a first start are nothing to warn of', () => {
  assert.deepEqual(judge({}), []);
});

test('a service that strangers reach is told what it lacks', () => {
  assert.deepEqual(judge({ HOST: '0.0.0.0' }), ['warn PUBLIC_URL', 'warn ADMIN_KEY']);
  const behindProxy = { PUBLIC_URL: 'https://a.example.com', ADMIN_KEY: 'x'.repeat(16) };
  assert.deepEqual(judge(behindProxy), []);
  assert.deepEqual(judge({ ...behindProxy, PUBLIC_URL: 'http://a.example.com' }), [
    'warn PUBLIC_URL',
  ]);
});

test('ranges that open what strangers must not read are named', () => {
  assert.deepEqual(judge({ ALLOW_CIDRS: '127.0.0.0/8' }), []);
  assert.deepEqual(judge({ ALLOW_CIDRS: '0.0.0.0/0,169.254.0.0/16' }), [
    'warn ALLOW_CIDRS',
    'warn ALLOW_CIDRS',
  ]);
});

test('processes that share a database are told what else they must share', () => {
  assert.deepEqual(judge({ DATABASE_URL: 'postgres://a@b/c' }), [
    'warn SIGNING_SECRET',
    'warn S3_BUCKET',
  ]);
});

test('renders that do not fit into the machine are told before they are ended', () => {
  const small = { memoryMb: 4_000, processors: 2 };
  assert.deepEqual(judge({}, small), ['warn ENGINE_MEMORY_MB']);
  assert.deepEqual(judge({ ENGINE_CONCURRENCY: '3', ENGINE_MEMORY_MB: '512' }, small), [
    'warn ENGINE_CONCURRENCY',
  ]);
});

test('space is well, tight, or too little for one render', () => {
  const gigabyte = 1024 ** 3;
  assert.equal(describeSpace('/data', 20 * gigabyte), '/data can be written, 20.0 GB are free');
  assert.equal(typeof describeSpace('/data', 5 * gigabyte), 'object');
  assert.throws(() => describeSpace('/data', gigabyte / 2), /only 0\.5 GB/);
});

test('a clock that nobody has set fails', async () => {
  const config = readConfig({});
  await assert.rejects(examineClock(config, 0), /1970-01-01/);
  assert.match(await examineClock(config, Date.UTC(2027, 0, 1)), /2027-01-01/);
});

test('a port that is taken fails with what to do', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const config = readConfig({ PORT: String(address.port), DATA_DIR: folder });
  const check = { name: 'port', advice: 'Stop it.', examine: examinePort };
  const found = await runCheck(check, config);
  assert.equal(found.state, 'FAIL');
  const [line = '', advice] = formatFound(found);
  assert.match(line, /^FAIL {2}port: Port \d+ is in use/);
  assert.equal(advice, '      Stop it.');
  server.close();
  await once(server, 'close');
  assert.equal((await runCheck(check, config)).state, 'ok');
});

test('native modules are tried by making something with them', async () => {
  assert.match(await examineNative(), /^sharp \d.* and FFmpeg read and write$/);
});
