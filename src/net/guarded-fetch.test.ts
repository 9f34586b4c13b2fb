import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { refuses as refusesAttempt } from '../../test/fixtures/refuses.ts';
import { systemClock } from '../kernel/clock.ts';
import type { ErrorCode } from '../kernel/errors.ts';
import type { Resolver } from './guarded-agent.ts';
import { createGuardedFetch, FETCH_LIMITS_DEFAULT, type FetchLimits } from './guarded-fetch.ts';

const OPEN = '127.0.0.2';
const PAYLOAD = randomBytes(50_000);

let folder: string;
let toFile: string;
let forbidden: { port: number; hits: number; server: Server };
let open: { port: number; server: Server };

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-net-'));
  toFile = join(folder, 'download');
  const counter = { hits: 0 };
  const forbiddenServer = await listen((_request, response) => {
    counter.hits += 1;
    response.end('secret');
  }, '127.0.0.1');
  forbidden = Object.assign(counter, forbiddenServer);
  open = await listen(answer, OPEN);
});

after(async () => {
  for (const { server } of [forbidden, open]) {
    server.closeAllConnections();
    server.close();
  }
  await rm(folder, { recursive: true });
});

const answer: RequestListener = (request, response) => {
  const path = request.url ?? '/';
  if (path === '/file') response.end(PAYLOAD);
  else if (path.startsWith('/status/')) response.writeHead(Number(path.slice(8))).end('no');
  else if (path === '/empty') response.end();
  else if (path === '/gzip') {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(PAYLOAD));
  } else if (path === '/chunked') {
    response.write(PAYLOAD.subarray(0, 30_000));
    response.end(PAYLOAD.subarray(30_000));
  } else if (path === '/drip') response.write('a');
  else if (path === '/cut') {
    response.writeHead(200, { 'content-length': '60000' });
    response.write(PAYLOAD, () => response.destroy());
  } else if (path.startsWith('/to/')) {
    response.writeHead(302, { location: decodeURIComponent(path.slice(4)) }).end();
  } else if (path.startsWith('/hops/')) {
    const rest = Number(path.slice(6));
    response.writeHead(307, { location: rest > 1 ? `/hops/${rest - 1}` : '/file' }).end();
  } else if (path === '/cookie') {
    response.writeHead(302, { location: '/echo', 'set-cookie': 'a=b; Path=/' }).end();
  } else if (path === '/nowhere') response.writeHead(302).end();
  else if (path === '/echo') response.end(JSON.stringify(request.headers));
};

test('a download is stored whole, with its size and sum', async () => {
  const found = await download(url('/file'));
  assert.equal(found.sizeBytes, PAYLOAD.length);
  assert.equal(found.sha256, createHash('sha256').update(PAYLOAD).digest('hex'));
  assert.deepEqual(await readFile(toFile), PAYLOAD);
});

test('only an unpacked body is asked for', async () => {
  await download(url('/echo'));
  assert.equal(JSON.parse(await readFile(toFile, 'utf8'))['accept-encoding'], 'identity');
});

test('a host is told a name of ours and nothing else, also after a redirect with a cookie', async () => {
  await download(url('/cookie'));
  const headers: Record<string, string> = JSON.parse(await readFile(toFile, 'utf8'));
  const names = ['accept', 'accept-encoding', 'connection', 'host', 'user-agent'];
  assert.deepEqual(Object.keys(headers).sort(), names);
  assert.equal(headers['user-agent'], 'understudy');
});

test('three redirects are followed and a fourth is not', async () => {
  assert.equal((await download(url('/hops/3'))).finalUrl, url('/file'));
  await refuses(url('/hops/4'), 'fetch_failed', /redirected more than 3 times/);
});

test('every spelling of a private address is refused without a connection', async () => {
  const { port } = forbidden;
  const hosts = [
    '127.0.0.1',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '0177.0.0.1',
    '127.1',
    '127.0.0.1.',
    '①②⑦.⓪.⓪.①',
    'localhost',
    '0.0.0.0',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '[fd00::1]',
    '[fe80::1]',
    '[fec0::1]',
    '10.0.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '192.168.0.1',
    '100.64.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
  ];
  for (const host of hosts) {
    await refuses(`http://${host}:${port}/`, 'address_refused', /public address/, { allow: [] });
  }
  assert.equal(forbidden.hits, 0);
});

test('other schemes and addresses with a login are refused', async () => {
  await refuses('file:///etc/hostname', 'address_refused', /scheme is "file"/);
  await refuses('ftp://example.com/a', 'address_refused', /scheme is "ftp"/);
  await refuses('data:text/plain,hello', 'address_refused', /scheme is "data"/);
  await refuses('not an address', 'address_refused', /not a URL/);
  await refuses(`http://name:word@${OPEN}:${open.port}/file`, 'address_refused', /user name/);
});

test('a redirect to a private address, another scheme or a login is refused without a connection', async () => {
  const inner = `http://127.0.0.1:${forbidden.port}/`;
  await refuses(url(`/to/${encodeURIComponent(inner)}`), 'address_refused', /public address/);
  await refuses(url('/to/file%3A%2F%2F%2Fetc%2Fhostname'), 'address_refused', /scheme is "file"/);
  const login = encodeURIComponent(`http://a:b@${OPEN}:${open.port}/file`);
  await refuses(url(`/to/${login}`), 'address_refused', /user name/);
  await refuses(url('/nowhere'), 'fetch_failed', /without saying where/);
  assert.equal(forbidden.hits, 0);
});

test('a name is refused when any of its addresses is private', async () => {
  const resolver: Resolver = async () => [
    { address: OPEN, family: 4 },
    { address: '127.0.0.1', family: 4 },
  ];
  const target = `http://mixed.test:${forbidden.port}/`;
  await refuses(target, 'address_refused', /not at a public address/, { resolver });
  assert.equal(forbidden.hits, 0);
});

test('a name that changes its address between two requests is checked each time', async () => {
  let asked = 0;
  const resolver: Resolver = async () => {
    asked += 1;
    return [{ address: asked === 1 ? OPEN : '127.0.0.1', family: 4 }];
  };
  const next = encodeURIComponent(`http://rebinding.test:${forbidden.port}/`);
  const target = `http://rebinding.test:${open.port}/to/${next}`;
  await refuses(target, 'address_refused', /not at a public address/, { resolver });
  assert.equal(asked, 2);
  assert.equal(forbidden.hits, 0);
});

test('a name without any address is a failed fetch', async () => {
  const resolver: Resolver = async () => [];
  await refuses('http://nobody.test/', 'fetch_failed', /host name is not known/, { resolver });
});

test('a packed body is refused', async () => {
  await refuses(url('/gzip'), 'fetch_failed', /content-encoding "gzip"/);
});

test('an answer other than 200 is refused by its number, and for good if the host means it', async () => {
  for (const status of [400, 401, 403, 404, 410, 451]) {
    await refuses(url(`/status/${status}`), 'fetch_refused', new RegExp(`answered ${status}`));
  }
  for (const status of [206, 408, 425, 429, 500, 503]) {
    await refuses(url(`/status/${status}`), 'fetch_failed', new RegExp(`answered ${status}`));
  }
});

test('an empty file is refused', async () => {
  await refuses(url('/empty'), 'fetch_failed', /empty/);
});

test('a file whose announced size is over the limit is refused with both sizes', async () => {
  await refuses(url('/file'), 'file_too_large', /has 48.8 kB; at most 39.1 kB/, {
    maxBytes: 40_000,
  });
});

test('a file that does not announce its size is cut off at the limit', async () => {
  await refuses(url('/chunked'), 'file_too_large', /more than 39.1 kB/, { maxBytes: 40_000 });
});

test('a body shorter than announced is a failed fetch', async () => {
  await refuses(url('/cut'), 'fetch_failed', /closed|length is not the one/);
});

test('a body that drips is ended by the lowest rate', async () => {
  const limits = { ...FETCH_LIMITS_DEFAULT, paceWindowMs: 50, bytesPerSecondMin: 1000 };
  await refuses(url('/drip'), 'fetch_too_slow', /at least 1000 bytes a second/, { limits });
});

test('a download is ended by its deadline', async () => {
  const limits = { ...FETCH_LIMITS_DEFAULT, downloadMsMax: 80 };
  await refuses(url('/drip'), 'fetch_too_slow', /within 0.08 s/, { limits });
});

test('a proxy of the environment is not used', async (t) => {
  const names = ['http_proxy', 'HTTP_PROXY', 'ALL_PROXY'];
  for (const name of names) process.env[name] = `http://127.0.0.1:${forbidden.port}`;
  t.after(() => {
    for (const name of names) delete process.env[name];
  });
  await download(url('/file'));
  assert.equal(forbidden.hits, 0);
});

test('a closed port is a failed fetch', async () => {
  const closed = createTcpServer().listen(0, OPEN);
  await new Promise((resolve) => closed.once('listening', resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  await refuses(`http://${OPEN}:${port}/`, 'fetch_failed', /connection was refused/);
});

test('an answer that is not HTTP is a failed fetch', async (t) => {
  const garbage = createTcpServer((socket) => socket.end('hello there\r\n\r\n')).listen(0, OPEN);
  t.after(() => garbage.close());
  await new Promise((resolve) => garbage.once('listening', resolve));
  const { port } = garbage.address() as AddressInfo;
  await refuses(`http://${OPEN}:${port}/`, 'fetch_failed', /not valid HTTP/);
});

test('a caller that gives up gets its own reason back', async () => {
  const reason = new Error('the task was cancelled');
  const given = { signal: AbortSignal.abort(reason) };
  await assert.rejects(download(url('/drip'), given), reason);
});

type Given = {
  allow?: string[];
  limits?: FetchLimits;
  resolver?: Resolver;
  maxBytes?: number;
  signal?: AbortSignal;
};

async function download(target: string, given: Given = {}) {
  const guarded = createGuardedFetch({
    allowCidrs: given.allow ?? [`${OPEN}/32`],
    limits: given.limits ?? FETCH_LIMITS_DEFAULT,
    clock: systemClock,
    ...(given.resolver ? { resolver: given.resolver } : {}),
  });
  try {
    return await guarded.download(target, {
      what: 'reference video',
      toFile,
      maxBytes: given.maxBytes ?? 1_000_000,
      ...(given.signal ? { signal: given.signal } : {}),
    });
  } finally {
    await guarded.close();
  }
}

async function refuses(target: string, code: ErrorCode, message: RegExp, given: Given = {}) {
  await refusesAttempt(download(target, given), code, message, target);
  assert.equal(existsSync(toFile), false, 'a refused download leaves no file');
}

function url(path: string): string {
  return `http://${OPEN}:${open.port}${path}`;
}

async function listen(listener: RequestListener, host: string) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return { server, port: (server.address() as AddressInfo).port };
}
