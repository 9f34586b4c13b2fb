import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { after, test } from 'node:test';
import { createTestClock } from '../../test/fixtures/clock.ts';
import { nameFileKind } from '../probe/sniff.ts';
import { type ReceiveOptions, receiveFile } from './receive-file.ts';

const folder = await mkdtemp(join(tmpdir(), 'understudy-receive-'));
after(() => rm(folder, { recursive: true }));

const toFile = join(folder, 'file');
const limits = {
  imageBytesMax: 100,
  videoBytesMax: 1000,
  spaceBytesMax: 5000,
  keptMs: 1000,
  perAccountMax: 1,
  uploadMsMax: 60_000,
  bytesPerSecondMin: 0,
};

const receive = (body: Readable, changes: Partial<ReceiveOptions> = {}) =>
  receiveFile(body, {
    toFile,
    limits,
    clock: createTestClock(),
    declaredBytes: null,
    nameKind: nameFileKind,
    ...changes,
  });

const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0]);
const MOV = Buffer.from('\0\0\0\x14ftypqt  \0\0\0\0qt  ', 'latin1');

test('a file whose first bytes come one by one is recognised all the same', async () => {
  const bytes = Buffer.concat([MOV, Buffer.alloc(900, 1)]);
  const arrived = await receive(Readable.from([...bytes].map((byte) => Buffer.from([byte]))));
  assert.equal(arrived.kind, 'video');
  assert.equal(arrived.contentType, 'video/quicktime');
  assert.equal(arrived.ending, '.mov');
  assert.equal(arrived.sizeBytes, bytes.length);
  assert.ok((await readFile(toFile)).equals(bytes));
});

test('a picture as large as the limit is taken, and one byte more is not', async () => {
  const make = (sizeBytes: number) =>
    Readable.from([Buffer.concat([JPEG, Buffer.alloc(sizeBytes - JPEG.length)])]);
  assert.equal((await receive(make(100))).sizeBytes, 100);
  await assert.rejects(receive(make(101)), { code: 'upload_too_large' });
});

test('nothing is read beyond the limit of what the first bytes say', async () => {
  let pieces = 0;
  async function* endless() {
    yield JPEG;
    for (;;) {
      pieces += 1;
      yield Buffer.alloc(600);
    }
  }
  await assert.rejects(receive(Readable.from(endless())), { code: 'upload_too_large' });
  assert.ok(pieces < 60, `${pieces} pieces were read`);
});

test('a declared size over the limit is refused before the rest has come', async () => {
  const body = new PassThrough();
  body.write(Buffer.concat([JPEG, Buffer.alloc(508)]));
  await assert.rejects(receive(body, { declaredBytes: 4096 }), {
    message: 'The upload is an image and has 4 kB; at most 100 bytes are allowed.',
  });
});

test('a body that never ends is given up when its time is over, and says so', async () => {
  const body = new PassThrough();
  body.write(JPEG);
  const refused = receive(body, { limits: { ...limits, uploadMsMax: 10 } });
  await assert.rejects(refused, {
    code: 'body_too_slow',
    message:
      /^The body came too slowly: 4 bytes in [\d.]+ s; all of it must come within 0\.01 s\.$/,
  });
  assert.equal(body.destroyed, true);
});
