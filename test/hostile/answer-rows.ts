/** Hosts at a public address whose answers are slow, endless, false or no answers at all. */

import type { Socket } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { drip, type Host, OPEN_HOST, pour, type Row, say, sayAndStay, toOpen } from './row.ts';

type Answer = NonNullable<Host['answer']>;
type Given = [name: string, answer: Answer, ends: Row['ends'], limits?: Row['limits']];

const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}transfer-encoding: chunked\r\n\r\n`;
const TEXT = 'x'.repeat(60_000);

const NO_HTTP = ['fetch_failed', /the answer is not valid HTTP/] as const;
const CLOSED = ['fetch_failed', /the connection was closed/] as const;
const TOO_LARGE = ['file_too_large', /more than 97.7 kB; at most 97.7 kB/] as const;
const HEAD_TOO_LARGE = ['fetch_failed', /the head of its answer is too large/] as const;
const NO_ANSWER = ['fetch_failed', /no answer came in time/] as const;
const SLOW = ['fetch_too_slow', /at least 9.8 kB a second are needed/] as const;
const LENGTH = ['fetch_failed', /its length is not the one that was announced/] as const;
const SHORT = ['fetch_failed', /connection was closed|its length is not the one/] as const;
const TRANSFER = ['fetch_failed', /transfer-encoding "gzip.*", which was not asked for/] as const;
const NO_VIDEO = (kind: string) =>
  ['video_format_unsupported', new RegExp(`is ${kind}; it`)] as const;

/** No more than the announced length is a file of ours; what it is, its first bytes say. */
const KEPT = (sizeBytes: number) =>
  [
    'video_format_unsupported',
    new RegExp(`is a text file; .*\\(${sizeBytes} bytes came\\)`),
  ] as const;

/** Short limits for hosts that only a limit ends; every other row has the usual ones. */
const HEAD_SOON = { connectMsMax: 0, headersMsMax: 150, downloadMsMax: 5000 };
const PACE_SOON = { paceWindowMs: 100, bytesPerSecondMin: 10_000 };
const ALL_SOON = { downloadMsMax: 300, bytesPerSecondMin: 0 };

const BOMB = gzipSync(Buffer.alloc(20_000_000));

function packed(encoding: string, body: Uint8Array): Answer {
  return say(Buffer.concat([Buffer.from(`${OK}content-encoding: ${encoding}\r\n\r\n`), body]));
}

const CONNECTIONS: Row[] = [
  {
    group: 'connection',
    name: 'nobody listens',
    url: ({ closed }) => `http://${OPEN_HOST}:${closed}/`,
    ends: ['fetch_failed', /the connection was refused/],
  },
  {
    group: 'connection',
    name: 'closed at once',
    url: toOpen,
    host: () => ({ greet: (socket) => socket.end() }),
    ends: CLOSED,
  },
  {
    group: 'connection',
    name: 'reset at once',
    url: toOpen,
    host: () => ({ greet: (socket) => socket.resetAndDestroy() }),
    ends: CLOSED,
  },
  {
    group: 'connection',
    name: 'reset midway',
    url: toOpen,
    host: () => ({
      answer: (socket: Socket) =>
        socket.write(`${OK}content-length: 90000\r\n\r\n${TEXT}`, () => socket.resetAndDestroy()),
    }),
    ends: CLOSED,
  },
  {
    group: 'connection',
    name: 'TLS that never shakes hands',
    url: ({ open }) => `https://${OPEN_HOST}:${open}/`,
    limits: { connectMsMax: 150 },
    ends: ['fetch_failed', /the connection timed out/],
  },
  {
    group: 'connection',
    name: 'TLS that is no TLS',
    url: ({ open }) => `https://${OPEN_HOST}:${open}/`,
    host: () => ({ greet: (socket) => socket.end(`${OK}\r\nhello`) }),
    ends: ['fetch_failed', /its TLS handshake failed/],
  },
  {
    group: 'connection',
    name: 'TLS with a certificate nobody signed',
    url: ({ tls }) => `https://${OPEN_HOST}:${tls}/`,
    ends: ['fetch_failed', /its certificate is not valid/],
  },
  {
    group: 'connection',
    name: 'TLS where HTTP was asked for',
    url: ({ tls }) => `http://${OPEN_HOST}:${tls}/`,
    ends: CLOSED,
  },
];

const GARBAGE: Given[] = [
  ['HTTP/2 only', say('\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0d'), NO_HTTP],
  ['an SSH banner', say('SSH-2.0-OpenSSH_9.6\r\n'), NO_HTTP],
  ['a mail server', say('220 mail.example ESMTP\r\n502 unknown\r\n'), NO_HTTP],
  ['a Redis error', say("-ERR unknown command 'GET'\r\n"), NO_HTTP],
  ['a radio stream', say(`ICY 200 OK\r\nicy-name: x\r\n\r\n${TEXT}`), NO_HTTP],
  ['a body without a head', say('<html>hello</html>'), NO_HTTP],
  ['half a status line', say('HTTP/1.1 2'), CLOSED],
  ['half a head', say(`${OK}content-type: vid`), CLOSED],
  ['a status of four digits', say('HTTP/1.1 2000 OK\r\n\r\nx'), NO_HTTP],
  ['a header with a NUL', say(`${OK}x: a\0b\r\n\r\nx`), NO_HTTP],
  ['a header name with a space', say(`${OK}content length: 5\r\n\r\nx`), NO_HTTP],
  [
    'an upgrade nobody wanted',
    say('HTTP/1.1 101 Go\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
    CLOSED,
  ],
  ['"continue" without a question', pour('', 'HTTP/1.1 100 Continue\r\n\r\n'), CLOSED],
];

const HEADS: Given[] = [
  ['a request nobody answers', () => {}, NO_ANSWER, HEAD_SOON],
  ['a head that drips', drip(OK, 'x: y\r\n'), NO_ANSWER, HEAD_SOON],
  ['endless interim answers', drip('', 'HTTP/1.1 103 Early Hints\r\n\r\n'), NO_ANSWER, HEAD_SOON],
  [
    'a flood of interim answers',
    pour('', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(500)),
    NO_ANSWER,
    HEAD_SOON,
  ],
  ['an endless status line', pour('HTTP/1.1 200 ', TEXT), NO_ANSWER, HEAD_SOON],
  ['an endless header', pour(`${OK}x: `, TEXT), HEAD_TOO_LARGE],
  ['endless headers', pour(OK, 'x: y\r\n'.repeat(1000)), HEAD_TOO_LARGE],
  ['a header of a megabyte', say(`${OK}x: ${'y'.repeat(1_000_000)}\r\n\r\nx`), HEAD_TOO_LARGE],
  ['endless trailers', pour(`${CHUNKED}1\r\nx\r\n0\r\n`, 'x: y\r\n'.repeat(1000)), HEAD_TOO_LARGE],
];

const LENGTHS: Given[] = [
  [
    'a length above the limit',
    sayAndStay(`${OK}content-length: 100001\r\n\r\n`),
    ['file_too_large', /has 100001 bytes; at most 100000 bytes/],
  ],
  ['a length above all numbers', say(`${OK}content-length: ${'9'.repeat(30)}\r\n\r\nx`), LENGTH],
  ['a length above what came', say(`${OK}content-length: 90000\r\n\r\n${TEXT}`), SHORT],
  [
    'a length above what ever comes',
    sayAndStay(`${OK}content-length: 90000\r\n\r\n${TEXT}`),
    SLOW,
    PACE_SOON,
  ],
  ['a length below what came', say(`${OK}content-length: 10\r\n\r\n${TEXT}`), KEPT(10)],
  ['two answers for one question', say(`${OK}content-length: 1\r\n\r\nx${OK}\r\n${TEXT}`), KEPT(1)],
  ['a negative length', say(`${OK}content-length: -1\r\n\r\n${TEXT}`), NO_HTTP],
  ['a length with a sign', say(`${OK}content-length: +5\r\n\r\n${TEXT}`), NO_HTTP],
  ['a hexadecimal length', say(`${OK}content-length: 0x10\r\n\r\n${TEXT}`), NO_HTTP],
  [
    'two different lengths',
    say(`${OK}content-length: 5\r\ncontent-length: 9\r\n\r\n${TEXT}`),
    LENGTH,
  ],
  ['two equal lengths', say(`${OK}content-length: 5\r\ncontent-length: 5\r\n\r\nhello`), LENGTH],
  ['a list of lengths', say(`${OK}content-length: 5, 5\r\n\r\nhello`), LENGTH],
  [
    'a length and chunks',
    say(`${OK}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n`),
    LENGTH,
  ],
];

const BODIES: Given[] = [
  ['an endless body', pour(`${OK}\r\n`, TEXT), TOO_LARGE],
  ['endless chunks', pour(CHUNKED, `ea60\r\n${TEXT}\r\n`), TOO_LARGE],
  ['a chunk of 4 GB', pour(`${CHUNKED}ffffffff\r\n`, TEXT), TOO_LARGE],
  ['a chunk above all numbers', say(`${CHUNKED}${'f'.repeat(20)}\r\n${TEXT}`), NO_HTTP],
  ['a negative chunk', say(`${CHUNKED}-5\r\nhello\r\n`), NO_HTTP],
  ['chunks of garbage', say(`${CHUNKED}hello\r\n${TEXT}`), NO_HTTP],
  ['chunks that never end', say(`${CHUNKED}5\r\nhello\r\n`), CLOSED],
  ['endless notes on a chunk', pour(`${CHUNKED}5;`, TEXT), SLOW, PACE_SOON],
  ['a body that drips', drip(`${OK}\r\n`, 'x'), SLOW, PACE_SOON],
  ['chunks that drip', drip(CHUNKED, '1\r\nx\r\n'), SLOW, PACE_SOON],
  ['a body that stops', sayAndStay(`${OK}content-length: 90000\r\n\r\nx`), SLOW, PACE_SOON],
  [
    'a body just fast enough for ever',
    drip(`${OK}\r\n`, 'x'.repeat(100)),
    ['fetch_too_slow', /all of it must come within 0.3 s/],
    ALL_SOON,
  ],
  ['an unknown transfer-encoding', say(`${OK}transfer-encoding: gzip\r\n\r\n${TEXT}`), TRANSFER],
  [
    'a packed transfer',
    say(`${OK}transfer-encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`),
    TRANSFER,
  ],
  ['an empty body', say(`${OK}content-length: 0\r\n\r\n`), ['fetch_failed', /it is empty/]],
  ['no chunks', say(`${CHUNKED}0\r\n\r\n`), ['fetch_failed', /it is empty/]],
  [
    'HTML that says it is a video',
    say(`${OK}content-type: video/mp4\r\n\r\n<!doctype html><html>`),
    NO_VIDEO('an HTML page'),
  ],
];

const PACKED: Given[] = [
  [
    'a gzip bomb',
    packed('gzip', BOMB),
    ['fetch_failed', /content-encoding "gzip", which was not asked/],
  ],
  [
    'a gzip bomb, packed twice',
    packed('gzip, gzip', gzipSync(BOMB)),
    ['fetch_failed', /content-encoding "gzip, gzip"/],
  ],
  [
    'a gzip bomb that is not announced',
    say(Buffer.concat([Buffer.from(`${OK}\r\n`), BOMB])),
    NO_VIDEO('a file of an unknown kind'),
  ],
  [
    'a Brotli bomb',
    packed('br', brotliCompressSync(Buffer.alloc(20_000_000))),
    ['fetch_failed', /content-encoding "br"/],
  ],
  [
    'an unknown packing',
    packed('x'.repeat(500), BOMB),
    ['fetch_failed', /content-encoding "x{60}…", which/],
  ],
];

const FINAL = [400, 401, 402, 403, 404, 405, 406, 407, 409, 410, 416, 418, 451];
const PASSING = [
  201, 202, 203, 204, 205, 206, 207, 226, 408, 425, 429, 500, 501, 502, 503, 504, 599,
];

/** What nobody asked for is not read to its end, or the connection would stay for as long. */
const ENDLESS: Given[] = [
  [
    '404 with an endless body',
    pour('HTTP/1.1 404 No\r\n\r\n', TEXT),
    ['fetch_refused', /answered 404/],
  ],
  [
    '503 with an endless body',
    pour('HTTP/1.1 503 Busy\r\n\r\n', TEXT),
    ['fetch_failed', /answered 503/],
  ],
  [
    '403 with a body that stops',
    sayAndStay('HTTP/1.1 403 No\r\ncontent-length: 9\r\n\r\nx'),
    ['fetch_refused', /answered 403/],
  ],
];

function toRow(group: string) {
  return ([name, answer, ends, limits]: Given): Row => ({
    group,
    name,
    url: toOpen,
    host: () => ({ answer }),
    ends,
    ...(limits ? { limits } : {}),
  });
}

function toStatusRow(code: 'fetch_refused' | 'fetch_failed') {
  return (status: number): Row => ({
    group: 'status',
    name: `${status}`,
    url: toOpen,
    host: () => ({ answer: say(`HTTP/1.1 ${status} Whatever\r\ncontent-length: 0\r\n\r\n`) }),
    ends: [code, new RegExp(`the address answered ${status}\\.`)],
  });
}

export const ANSWER_ROWS: Row[] = [
  ...CONNECTIONS,
  ...GARBAGE.map(toRow('no HTTP')),
  ...HEADS.map(toRow('head')),
  ...LENGTHS.map(toRow('length')),
  ...BODIES.map(toRow('body')),
  ...PACKED.map(toRow('packed')),
  ...FINAL.map(toStatusRow('fetch_refused')),
  ...PASSING.map(toStatusRow('fetch_failed')),
  ...ENDLESS.map(toRow('status')),
];
