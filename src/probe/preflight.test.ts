import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pino } from 'pino';
import { createPreflight, type Preflight } from './preflight.ts';

const folder = await mkdtemp(join(tmpdir(), 'understudy-preflight-'));
const lines: Record<string, unknown>[] = [];
const log = pino({ level: 'info' }, { write: (line) => void lines.push(JSON.parse(line)) });
const opened: Preflight[] = [];
after(async () => {
  await Promise.all(opened.map((preflight) => preflight.close()));
  await rm(folder, { recursive: true });
});

const imageFile = join(import.meta.dirname, '../../samples/character.jpg');
const brokenFile = join(folder, 'broken.mp4');
await writeFile(brokenFile, 'no clip at all');
const files = { imageFile, videoFile: brokenFile };

function open(inmate?: string, memoryMb = 1_500): Preflight {
  const preflight = createPreflight({
    workDir: folder,
    memoryMb,
    lookMsMax: 60_000,
    concurrency: 1,
    log,
    ...(inmate ? { inmateFile: join(import.meta.dirname, inmate) } : {}),
  });
  opened.push(preflight);
  return preflight;
}

test('a look that breaks off stops nobody, and the log says so', async () => {
  lines.length = 0;
  // It does not understand what it is asked.
  assert.deepEqual(await open('../jail/testing/inmate.ts').look(files), []);
  const told = lines.find(({ msg }) => msg === 'the pre-flight came to nothing');
  assert.equal(told?.['status'], 'threw');
});

test('a look that needs more memory than it may have stops nobody', async () => {
  lines.length = 0;
  assert.deepEqual(await open(undefined, 100).look(files), []);
  assert.ok(
    lines.some(({ msg }) => /^the pre-flight (was left out|came to nothing)$/.test(String(msg))),
  );
});

test('a clip that cannot be decoded is refused', async () => {
  await assert.rejects(open().look(files), { code: 'video_unreadable' });
});

test('a look that nobody waits for any more is ended with the reason', async () => {
  const patience = new AbortController();
  const look = open().look(files, patience.signal);
  patience.abort(new Error('cancelled'));
  await assert.rejects(look, /cancelled/);
});
