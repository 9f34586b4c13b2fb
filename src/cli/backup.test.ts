import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import {
  prepareDataDir,
  reserveOnServer,
  silentLog,
  TEST_DATABASES,
} from '../../test/fixtures/database.ts';
import { createStandInEngine } from '../../test/fixtures/stand-in-engine.ts';
import { readConfig } from '../config.ts';
import { createService, type Service } from '../main.ts';
import { runWith } from './testing/test-io.ts';

const folder = await mkdtemp(join(tmpdir(), 'understudy-backup-'));
const at = (name: string): string => join(folder, name);
const environment = (name: string) => ({ DATA_DIR: at(name), PORT: '0' });
const [, server] = TEST_DATABASES;

let service: Service;
let key: string;

before(async () => {
  await prepareDataDir(at('data'));
  service = await createService(readConfig(environment('data')), {
    log: silentLog,
    engines: [createStandInEngine()],
    drainMsMax: 50,
  });
  await service.start();
  key = service.firstKey ?? '';
  await mkdir(at('data/storage/blobs/tasks/task_1'), { recursive: true });
  await writeFile(at('data/storage/blobs/tasks/task_1/result.mp4'), 'a video');
});
after(async () => {
  await service.stop();
  await rm(folder, { recursive: true });
});

/** Holds money for a task that soon fails: nothing answers at its addresses. */
async function submit(): Promise<number> {
  const answer = await service.app.inject({
    method: 'POST',
    url: '/v1/videos/generations',
    headers: { authorization: `Bearer ${key}` },
    payload: {
      model: 'kling-v3-motion-control',
      image_url: 'https://does-not-exist.invalid/picture.png',
      video_url: 'https://does-not-exist.invalid/clip.mp4',
      character_orientation: 'image',
      mode: 'std',
    },
  });
  return answer.statusCode;
}

const run = async (name: string, ...args: string[]) => {
  const ran = await runWith(environment(name), ...args);
  return { ...ran, text: [...ran.out, ...ran.err].join('\n') };
};

const readDumpText = async (path: string) => gunzipSync(await readFile(at(path))).toString();

/** Rows of the ledger's two tables, as a dump has them. */
async function readLedger(path: string): Promise<string[]> {
  const [head = '', ...lines] = (await readDumpText(path)).split('\n');
  let start = 0;
  return JSON.parse(head).tables.flatMap(({ name, rows }: { name: string; rows: number }) => {
    start += rows;
    return name.startsWith('ledger_') ? lines.slice(start - rows, start) : [];
  });
}

test('a backup made while tasks come in is of one moment, and is restored exactly', async () => {
  const statuses: number[] = [];
  let isDone = false;
  const submitting = (async () => {
    while (!isDone && statuses.length < 200) statuses.push(await submit());
  })();
  const made = await run('data', 'backup', at('backup'), '--media');
  isDone = true;
  await submitting;
  assert.equal(made.code, 0, made.text);
  assert.ok(statuses.includes(200), 'tasks came in');

  const restored = await run('restored', 'restore', at('backup'));
  assert.equal(restored.code, 0, restored.text);
  assert.match(restored.text, /The books balance/);
  const again = await run('restored', 'db', 'export', at('again'));
  assert.equal(again.code, 0, again.text);
  const ledger = await readLedger('backup/database.jsonl.gz');
  assert.ok(ledger.length > 1);
  assert.deepEqual(await readLedger('again'), ledger);

  const result = await readFile(at('restored/storage/blobs/tasks/task_1/result.mp4'), 'utf8');
  assert.equal(result, 'a video');
  const secrets = await Promise.all(
    ['data', 'restored'].map((name) => readFile(at(`${name}/signing-secret`), 'utf8')),
  );
  assert.equal(secrets[0], secrets[1], 'addresses that were given out stay good');
});

test('what holds secrets and prompts can be read by its owner alone', async () => {
  const paths = ['backup/database.jsonl.gz', 'backup/signing-secret', 'again', 'backup'];
  for (const path of [...paths, 'restored/signing-secret']) {
    assert.equal((await stat(at(path))).mode & 0o077, 0, path);
  }
  const text = await readDumpText('backup/database.jsonl.gz');
  assert.ok(!text.includes(key), 'keys are there as hashes only');
});

test('a folder that has anything in it is neither backed up nor restored into', async () => {
  const made = await run('data', 'backup', at('backup'));
  assert.equal(made.code, 1);
  assert.match(made.text, /is not empty: it has backup.json/);
  const restored = await run('data', 'restore', at('backup'));
  assert.equal(restored.code, 1);
  assert.match(restored.text, /data is not empty/);
});

test('a backup that is not whole, or not as it was, is refused before anything is made', async () => {
  const none = await run('new', 'restore', at('restored'));
  assert.equal(none.code, 1);
  assert.match(none.text, /is no whole backup: backup.json is missing/);
  await appendFile(at('backup/media/tasks/task_1/result.mp4'), '!');
  const changed = await run('new', 'restore', at('backup'));
  assert.equal(changed.code, 1);
  assert.match(changed.text, /result.mp4 is not as it was: 8 bytes/);
  assert.ok(!existsSync(at('new')));
});

test('an export says that the service goes on, and never writes over a file', async () => {
  const made = await run('data', 'db', 'export', at('export'));
  assert.equal(made.code, 0, made.text);
  assert.match(made.text, /what it does from now on is not in the file/);
  const again = await run('data', 'db', 'export', at('export'));
  assert.equal(again.code, 1);
  assert.match(again.text, /is there already/);
  const nothing = await run('nowhere', 'db', 'export', at('nothing'));
  assert.match(nothing.text, /There is no embedded database in/);
  assert.ok(!existsSync(at('nothing')));
});

test('an embedded database moves to PostgreSQL, where keys and unfinished tasks go on', {
  skip: server?.skip ?? true,
}, async (t) => {
  const reserved = await reserveOnServer();
  t.after(() => reserved.drop());
  const moved = { ...environment('moved'), ...reserved.environment };
  const first = await runWith(moved, 'db', 'import', at('export'));
  assert.equal(first.code, 0, first.err.join('\n'));
  assert.match(first.out.join('\n'), /The books balance/);
  const second = await runWith(moved, 'db', 'import', at('export'));
  assert.equal(second.code, 1);
  assert.match(second.err.join('\n'), /is not empty: it has rows \(1 of account/);

  const there = await createService(readConfig(moved), {
    log: silentLog,
    engines: [createStandInEngine()],
  });
  t.after(() => there.stop());
  const headers = { authorization: `Bearer ${key}` };
  const balance = await there.app.inject({ url: '/v1/balance', headers });
  assert.equal(balance.statusCode, 200);
});
