import assert from 'node:assert/strict';
import {
  createServer,
  type IncomingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { refuses } from '../../test/fixtures/refuses.ts';
import { systemClock } from '../kernel/clock.ts';
import { createGuardedFetch, FETCH_LIMITS_DEFAULT } from './guarded-fetch.ts';
import type { PostAnswer } from './post.ts';

const OPEN = '127.0.0.2';

type Seen = { method: string; path: string; headers: IncomingHttpHeaders; body: string };

let server: Server;
let port: number;
let seen: Seen[];
let answer: (response: ServerResponse) => void;

before(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = '', url = '', headers } = request;
    seen.push({ method, path: url, headers, body: Buffer.concat(chunks).toString() });
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, OPEN, resolve));
  port = (server.address() as AddressInfo).port;
});

beforeEach(() => {
  seen = [];
  answer = (response) => response.end();
});

after(() => {
  server.closeAllConnections();
  server.close();
});

test('a message arrives as it was sent, with nothing of ours but a name', async () => {
  answer = (response) => {
    response.writeHead(202, { 'content-type': 'text/plain', 'retry-after': '7' }).end('thanks');
  };
  const got = await post();
  assert.equal(seen.length, 1);
  const [{ method, path, headers, body } = assert.fail()] = seen;
  assert.deepEqual([method, path, body], ['POST', '/hook', '{"a":1}']);
  assert.deepEqual(Object.keys(headers).sort(), [
    'accept',
    'accept-encoding',
    'connection',
    'content-length',
    'content-type',
    'host',
    'user-agent',
    'webhook-id',
  ]);
  assert.deepEqual(
    [got.status, got.contentType, got.retryAfter, text(got), got.isCut],
    [202, 'text/plain', '7', 'thanks', false],
  );
});

test('a redirect and an error are answers, and nothing is sent a second time', async () => {
  for (const status of [301, 302, 303, 307, 308, 400, 404, 410, 429, 500, 503]) {
    answer = (response) => response.writeHead(status, { location: '/elsewhere' }).end();
    assert.equal((await post()).status, status);
  }
  assert.deepEqual([...new Set(seen.map(({ path }) => path))], ['/hook']);
  assert.equal(seen.length, 11);
});

test('an answer is kept up to its limit and the rest is not read', async () => {
  answer = (response) => response.end('12345678');
  const whole = await post({ maxAnswerBytes: 8 });
  assert.deepEqual([text(whole), whole.isCut], ['12345678', false]);
  const cut = await post({ maxAnswerBytes: 7 });
  assert.deepEqual([text(cut), cut.isCut], ['1234567', true]);
});

test('an endless answer costs no more than its limit', async () => {
  answer = (response) => {
    const write = () => response.destroyed || response.write('x'.repeat(10_000), write);
    write();
  };
  const got = await post({ maxAnswerBytes: 1000 });
  assert.deepEqual([got.body.length, got.isCut], [1000, true]);
});

test('a packed answer is never unpacked', async () => {
  answer = (response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(10_000)));
  };
  const got = await post();
  assert.deepEqual([got.status, got.body.length, got.isCut], [200, 0, true]);
});

test('the whole exchange has one deadline', async () => {
  answer = () => {};
  await refuses(post({ timeoutMs: 80 }), 'fetch_too_slow', /all of it must come within 0.08 s/);
  answer = (response) => response.write('a');
  await refuses(post({ timeoutMs: 80 }), 'fetch_too_slow', /all of it must come within 0.08 s/);
});

test('an address that may not be fetched may not be told anything either', async () => {
  const refused: [string, RegExp][] = [
    [`http://127.0.0.1:${port}/`, /127.0.0.1 is not a public address/],
    ['ftp://example.com/', /scheme is "ftp"/],
    [`http://a:b@${OPEN}:${port}/`, /user name/],
    [`http://${OPEN}:25/`, /port 25/],
  ];
  for (const [url, sentence] of refused) await refuses(post({}, url), 'address_refused', sentence);
  assert.equal(seen.length, 0);
});

test('a header that would break out of its line is refused', async () => {
  const headers = { 'webhook-id': 'a\r\nx: y' };
  await assert.rejects(post({ headers }));
  assert.equal(seen.length, 0);
});

test('a caller that gives up gets its own reason back', async () => {
  const reason = new Error('the service stops');
  await assert.rejects(post({ signal: AbortSignal.abort(reason) }), reason);
});

type Given = {
  maxAnswerBytes?: number;
  timeoutMs?: number;
  headers?: Record<string, string>;
  signal?: AbortSignal;
};

async function post(given: Given = {}, url = `http://${OPEN}:${port}/hook`): Promise<PostAnswer> {
  const guarded = createGuardedFetch({
    allowCidrs: [`${OPEN}/32`],
    limits: FETCH_LIMITS_DEFAULT,
    clock: systemClock,
  });
  try {
    return await guarded.post(url, {
      what: 'webhook answer',
      body: '{"a":1}',
      headers: { 'content-type': 'application/json', 'webhook-id': 'msg_1' },
      maxAnswerBytes: 4096,
      timeoutMs: 10_000,
      ...given,
    });
  } finally {
    await guarded.close();
  }
}

function text(answered: PostAnswer): string {
  return Buffer.from(answered.body).toString();
}
