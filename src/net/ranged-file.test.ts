import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { refuses } from '../../test/fixtures/refuses.ts';
import { systemClock } from '../kernel/clock.ts';
import type { ErrorCode } from '../kernel/errors.ts';
import { createGuardedFetch, FETCH_LIMITS_DEFAULT, type FetchLimits } from './guarded-fetch.ts';
import { RangeBudgetError, type RangedFile } from './ranged-file.ts';

const OPEN = '127.0.0.2';
const FILE = randomBytes(300_000);
const HEAD_BYTES = 65_536;

type Answerer = (request: IncomingMessage, response: ServerResponse, nth: number) => void;

let server: Server;
let port: number;
let answer: Answerer;
let ranges: (string | undefined)[];
const sockets = new Set<Socket>();

before(async () => {
  server = createServer((request, response) => {
    ranges.push(request.headers.range);
    answer(request, response, ranges.length);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, OPEN, resolve));
  port = (server.address() as AddressInfo).port;
});

beforeEach(() => {
  ranges = [];
  answer = servePart;
});

after(() => {
  server.closeAllConnections();
  server.close();
});

/** A host that does it right; `change` says what it does wrong. */
function servePart(
  request: IncomingMessage,
  response: ServerResponse,
  _nth = 0,
  change: { file?: Buffer; headers?: Record<string, string>; body?: Buffer } = {},
): void {
  const file = change.file ?? FILE;
  const [, first, last] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '') ?? [];
  const start = Number(first);
  const end = Math.min(Number(last) + 1, file.length);
  response.writeHead(206, {
    'content-range': `bytes ${start}-${end - 1}/${file.length}`,
    'content-type': 'video/mp4',
    etag: '"one"',
    ...change.headers,
  });
  response.end(change.body ?? file.subarray(start, end));
}

test('the head is fetched once and served from memory', async () => {
  await reading({}, async (file) => {
    assert.equal(file.sizeBytes, FILE.length);
    assert.equal(file.contentType, 'video/mp4');
    assert.equal(file.etag, '"one"');
    assert.deepEqual(Buffer.from(await file.read(10, 2000)), FILE.subarray(10, 2000));
    assert.deepEqual(Buffer.from(await file.read(0, HEAD_BYTES)), FILE.subarray(0, HEAD_BYTES));
    assert.deepEqual(ranges, ['bytes=0-65535']);
    assert.deepEqual(file.usage(), { requests: 1, bytes: HEAD_BYTES });
  });
});

test('a part is the bytes that were asked for, and only the missing ones are fetched', async () => {
  await reading({}, async (file) => {
    const across = await file.read(HEAD_BYTES - 6, HEAD_BYTES + 10);
    assert.deepEqual(Buffer.from(across), FILE.subarray(HEAD_BYTES - 6, HEAD_BYTES + 10));
    const last = await file.read(FILE.length - 100, FILE.length);
    assert.deepEqual(Buffer.from(last), FILE.subarray(-100));
    assert.deepEqual(ranges.slice(1), ['bytes=65536-65545', 'bytes=299900-299999']);
    assert.deepEqual(file.usage(), { requests: 3, bytes: HEAD_BYTES + 110 });
  });
});

test('parts that are asked for at the same time each come whole', async () => {
  await reading({}, async (file) => {
    const starts = [70_000, 100_000, 200_000, 250_000];
    const parts = await Promise.all(starts.map((start) => file.read(start, start + 5000)));
    starts.forEach((start, i) => {
      assert.deepEqual(Buffer.from(parts[i] ?? []), FILE.subarray(start, start + 5000));
    });
  });
});

test('a file smaller than the head needs one request', async () => {
  const small = FILE.subarray(0, 500);
  answer = (request, response) => servePart(request, response, 0, { file: small });
  await reading({}, async (file) => {
    assert.deepEqual(Buffer.from(await file.read(0, 500)), small);
    assert.deepEqual(file.usage(), { requests: 1, bytes: 500 });
  });
});

test('redirects are followed once; parts are read where they led', async () => {
  answer = (request, response) => {
    if (request.url === '/to') response.writeHead(302, { location: '/file' }).end();
    else servePart(request, response);
  };
  const file = await open({}, '/to');
  assert.equal(file?.finalUrl, url('/file'));
  await file?.read(100_000, 100_010);
  assert.equal(file?.usage().requests, 3);
  await file?.close();
});

test('a server without ranges is left at once, with nothing of the body read', async () => {
  let sentBytes = 0;
  answer = (_request, response) => {
    const write = () => {
      if (response.destroyed || sentBytes > 50_000_000) return;
      sentBytes += FILE.length;
      response.write(FILE, write);
    };
    write();
  };
  assert.equal(await open(), null);
  assert.ok(sentBytes < 20_000_000, `${sentBytes} bytes were sent`);
});

test('a server that hides the size is left to the download', async () => {
  const headers = { 'content-range': 'bytes 0-65535/*' };
  answer = (request, response) => servePart(request, response, 0, { headers });
  assert.equal(await open(), null);
});

test('an empty file and one that is too large are refused', async () => {
  answer = (_request, response) => response.writeHead(416, { 'content-range': 'bytes */0' }).end();
  await refuses(open(), 'fetch_failed', /it is empty/);
  answer = servePart;
  await refuses(open({ maxBytes: 200_000 }), 'file_too_large', /has 293 kB; at most 195.3 kB/);
});

test('an answer that is not the part that was asked for is refused', async () => {
  const lies: [RegExp, Parameters<typeof servePart>[3]][] = [
    [/content-range is "none"/, { headers: { 'content-range': '' } }],
    [/content-range is "bytes 1-65536\/300000"/, range('bytes 1-65536/300000')],
    [/content-range is "bytes 0-99\/300000"/, range('bytes 0-99/300000')],
    [/content-range is "bytes 0-65535\/10"/, range('bytes 0-65535/10')],
    [/content-range is "bytes 9-1\/300000"/, range('bytes 9-1/300000')],
    [/content-range is "frames 0-65535/, range('frames 0-65535/300000')],
    [
      /content-range is "bytes 0-65535\/99999999999999999999"/,
      range(`bytes 0-65535/${'9'.repeat(20)}`),
    ],
    [/65536 bytes were asked for and 65535 came/, { body: FILE.subarray(0, HEAD_BYTES - 1) }],
    [/65536 bytes were asked for and more came/, { body: FILE.subarray(0, HEAD_BYTES + 1) }],
    [/and "12" are announced/, { headers: { 'content-length': '12' }, body: FILE.subarray(0, 12) }],
    [/content-encoding "gzip"/, { headers: { 'content-encoding': 'gzip' } }],
  ];
  for (const [sentence, lie] of lies) {
    answer = (request, response) => servePart(request, response, 0, lie);
    await refuses(open(), 'fetch_failed', sentence);
  }
});

test('a file that changes while it is read is refused, and the change is named', async () => {
  const longer = Buffer.concat([FILE, FILE]);
  const changes: [RegExp, Parameters<typeof servePart>[3]][] = [
    [/it changed while it was read \(300000 bytes before, 600000 now\)/, { file: longer }],
    [/it changed while it was read \(another ETag\)/, { headers: { etag: '"two"' } }],
  ];
  for (const [sentence, change] of changes) {
    answer = (request, response, nth) => servePart(request, response, nth, nth > 1 ? change : {});
    await refuses(readBeyondHead(), 'fetch_failed', sentence);
    ranges = [];
  }
  answer = (request, response, nth) => {
    const headers = { 'last-modified': new Date(nth * 1e12).toUTCString() };
    response.removeHeader('etag');
    response.setHeader('x-nth', nth);
    const [, first, last] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '') ?? [];
    response.writeHead(206, { 'content-range': `bytes ${first}-${last}/300000`, ...headers });
    response.end(FILE.subarray(Number(first), Number(last) + 1));
  };
  await refuses(readBeyondHead(), 'fetch_failed', /\(another Last-Modified\)/);
});

test('a host that stops serving parts, or sends them elsewhere, is refused', async () => {
  const later: [ErrorCode, RegExp, Answerer][] = [
    ['fetch_failed', /stopped serving parts/, (_request, response) => response.end(FILE)],
    ['fetch_refused', /answered 403/, (_request, response) => response.writeHead(403).end()],
    ['fetch_refused', /answered 416/, (_request, response) => response.writeHead(416).end()],
    [
      'fetch_failed',
      /it was redirected/,
      (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1/' }).end(),
    ],
  ];
  for (const [code, sentence, second] of later) {
    answer = (request, response, nth) => (nth > 1 ? second : servePart)(request, response, nth);
    await refuses(readBeyondHead(), code, sentence);
    ranges = [];
  }
});

test('the budget of bytes and of requests ends the reading before it is passed', async () => {
  await reading({ budgetBytes: 70_000 }, async (file) => {
    await file.read(100_000, 104_000);
    await assert.rejects(file.read(200_000, 201_000), RangeBudgetError);
    assert.deepEqual(file.usage(), { requests: 2, bytes: HEAD_BYTES + 4000 });
  });
  ranges = [];
  await reading({ requestsMax: 2 }, async (file) => {
    await file.read(100_000, 100_001);
    await assert.rejects(file.read(200_000, 200_001), RangeBudgetError);
    assert.equal(ranges.length, 2);
  });
});

test('a part that drips is ended by the lowest rate, and all of them by one deadline', async () => {
  answer = (request, response, nth) => {
    if (nth === 1) servePart(request, response);
    else {
      response.writeHead(206, { 'content-range': 'bytes 100000-109999/300000', etag: '"one"' });
      response.write('a');
    }
  };
  const drip = { ...FETCH_LIMITS_DEFAULT, paceWindowMs: 50, bytesPerSecondMin: 1000 };
  await refuses(readBeyondHead(drip), 'fetch_too_slow', /at least 1000 bytes a second/);
  ranges = [];
  const deadline = { ...FETCH_LIMITS_DEFAULT, downloadMsMax: 150 };
  await refuses(readBeyondHead(deadline), 'fetch_too_slow', /must come within 0.15 s/);
});

test('closing ends what is under way and leaves no connection', async () => {
  answer = (request, response, nth) => {
    if (nth === 1) servePart(request, response);
    else response.write('');
  };
  const file = await open();
  assert.ok(file);
  const ended = assert.rejects(file.read(100_000, 110_000), /the file was closed/);
  await file.close();
  await ended;
  for (const socket of sockets) await new Promise((resolve) => socket.once('close', resolve));
});

test('a caller that gives up gets its own reason back', async () => {
  const reason = new Error('the task was cancelled');
  await assert.rejects(open({ signal: AbortSignal.abort(reason) }), reason);
});

type Given = {
  maxBytes?: number;
  budgetBytes?: number;
  requestsMax?: number;
  signal?: AbortSignal;
};

function range(contentRange: string) {
  return { headers: { 'content-range': contentRange } };
}

function url(path: string): string {
  return `http://${OPEN}:${port}${path}`;
}

async function open(given: Given = {}, path = '/file', limits: FetchLimits = FETCH_LIMITS_DEFAULT) {
  const guarded = createGuardedFetch({ allowCidrs: [`${OPEN}/32`], limits, clock: systemClock });
  return await guarded.openRanged(url(path), {
    what: 'reference video',
    maxBytes: 1_000_000,
    budgetBytes: 200_000,
    requestsMax: 20,
    ...given,
  });
}

async function reading(given: Given, use: (file: RangedFile) => Promise<void>): Promise<void> {
  const file = await open(given);
  assert.ok(file, 'the server does ranges');
  try {
    await use(file);
  } finally {
    await file.close();
  }
}

async function readBeyondHead(limits: FetchLimits = FETCH_LIMITS_DEFAULT): Promise<void> {
  const file = await open({}, '/file', limits);
  try {
    await file?.read(100_000, 110_000);
  } finally {
    await file?.close();
  }
}
