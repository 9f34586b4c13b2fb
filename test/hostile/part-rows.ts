/** Hosts that serve parts of a file and lie about them, and hosts that answer our messages. */

import { gzipSync } from 'node:zlib';
import { drip, type Host, pour, type Row, say, toOpen } from './row.ts';

type Answer = NonNullable<Host['answer']>;

const HEAD_BYTES = 65_536;
const SIZE_BYTES = 90_000;

type Part = { range?: string; etag?: string; length?: number; more?: string; body?: string };

/** An honest first part, unless a detail is given otherwise. */
function first(part: Part = {}): string {
  return partial({ range: `bytes 0-${HEAD_BYTES - 1}/${SIZE_BYTES}`, length: HEAD_BYTES, ...part });
}

/** An honest second part: the bytes 70000 to 70999. */
function second(part: Part = {}): string {
  return partial({ range: `bytes 70000-70999/${SIZE_BYTES}`, length: 1000, ...part });
}

function partial({ range = '', etag = '"1"', length = 0, more = '', body }: Part): string {
  const start = `HTTP/1.1 206 Partial Content\r\netag: ${etag}\r\n`;
  const lines = `${range === '' ? '' : `content-range: ${range}\r\n`}content-length: ${length}\r\n`;
  return `${start}${lines}${more}\r\n${body ?? 'x'.repeat(length)}`;
}

const then =
  (later: Answer): Answer =>
  (socket, nth, request) =>
    nth === 1 ? socket.write(first()) : later(socket, nth, request);

const FALSE_RANGE = (range: string) =>
  ['fetch_failed', new RegExp(`were asked for and its content-range is "${range}`)] as const;
const CHANGED = (how: string) =>
  ['fetch_failed', new RegExp(`it changed while it was read \\(${how}`)] as const;

const OPENING: [string, Answer, Row['ends']][] = [
  ['a part without its range', say(first({ range: '' })), FALSE_RANGE('none')],
  ['another part than asked', say(first({ range: 'bytes 9-65544/90000' })), FALSE_RANGE('bytes 9')],
  [
    'less than asked',
    say(first({ range: 'bytes 0-99/90000', length: 100 })),
    FALSE_RANGE('bytes 0-99'),
  ],
  ['more than there is', say(first({ range: 'bytes 0-65535/9' })), FALSE_RANGE('bytes 0-65535/9"')],
  ['a range backwards', say(first({ range: 'bytes 65535-0/90000' })), FALSE_RANGE('bytes 65535-0')],
  ['a negative range', say(first({ range: 'bytes -1-65535/90000' })), FALSE_RANGE('bytes -1')],
  [
    'a size above all numbers',
    say(first({ range: `bytes 0-65535/${'9'.repeat(40)}` })),
    FALSE_RANGE('bytes'),
  ],
  [
    'two ranges',
    say(first({ more: 'content-range: bytes 0-1/2\r\n' })),
    FALSE_RANGE('bytes 0-65535/90000, bytes'),
  ],
  [
    'several parts in one',
    say(first({ range: '', more: 'content-type: multipart/byteranges\r\n' })),
    FALSE_RANGE('none'),
  ],
  [
    'a length that is not the range',
    say(first({ length: 12 })),
    ['fetch_failed', /and "12" are announced/],
  ],
  [
    'fewer bytes than the range',
    say(first({ body: 'x' })),
    ['fetch_failed', /connection was closed|length is not the one/],
  ],
  [
    'more bytes than the range',
    pour(`HTTP/1.1 206 Partial\r\ncontent-range: bytes 0-65535/90000\r\n\r\n`, 'x'.repeat(60_000)),
    ['fetch_failed', /65536 bytes were asked for and more came/],
  ],
  [
    'a packed part',
    say(first({ more: 'content-encoding: gzip\r\n' })),
    ['fetch_failed', /content-encoding "gzip"/],
  ],
  [
    'a file above the limit',
    say(first({ range: 'bytes 0-65535/100001' })),
    ['file_too_large', /has 100001 bytes; at most 100000 bytes/],
  ],
  [
    'a file of nothing',
    say('HTTP/1.1 416 No\r\ncontent-range: bytes */0\r\n\r\n'),
    ['fetch_failed', /it is empty/],
  ],
  [
    'a part of a refusal',
    say('HTTP/1.1 403 No\r\ncontent-range: bytes 0-65535/90000\r\n\r\n'),
    ['fetch_refused', /answered 403/],
  ],
];

const READING: [string, Answer, Row['ends'], Row['limits']?][] = [
  [
    'a file that grows',
    say(second({ range: 'bytes 70000-70999/90001' })),
    CHANGED('90000 bytes before, 90001 now'),
  ],
  ['a file that is exchanged', say(second({ etag: '"2"' })), CHANGED('another ETag')],
  ['the first part again', say(first()), FALSE_RANGE('bytes 0-65535/90000')],
  [
    'the whole instead of a part',
    pour('HTTP/1.1 200 OK\r\n\r\n', 'x'.repeat(60_000)),
    ['fetch_failed', /stopped serving parts/],
  ],
  ['a part that is gone', say('HTTP/1.1 404 No\r\n\r\n'), ['fetch_refused', /answered 404/]],
  [
    'a part that drips',
    drip(second({ body: '' }), 'x'),
    ['fetch_too_slow', /9.8 kB a second/],
    { paceWindowMs: 100, bytesPerSecondMin: 10_000 },
  ],
  [
    'a part that is cut off',
    say(second({ body: 'x' })),
    ['fetch_failed', /connection was closed|length is not the one/],
  ],
];

const MESSAGES: Row[] = [
  {
    group: 'message',
    name: 'to a private address',
    door: 'post',
    url: ({ forbidden }) => `http://127.0.0.1:${forbidden}/hook`,
    ends: ['address_refused', /127.0.0.1 is not a public address/],
  },
  {
    group: 'message',
    name: 'to the metadata host',
    door: 'post',
    url: () => 'http://169.254.169.254/latest/api/token',
    ends: ['address_refused', /169.254.169.254 is not a public address/],
  },
  {
    group: 'message',
    name: 'answered without end',
    door: 'post',
    url: toOpen,
    host: () => ({ answer: pour('HTTP/1.1 200 OK\r\n\r\n', 'x'.repeat(60_000)) }),
    ends: ['answered 200', /100000 bytes are kept, and no more were read/],
  },
  {
    group: 'message',
    name: 'answered with a gzip bomb',
    door: 'post',
    url: toOpen,
    host: () => ({
      answer: say(
        Buffer.concat([
          Buffer.from('HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n'),
          gzipSync(Buffer.alloc(20_000_000)),
        ]),
      ),
    }),
    ends: ['answered 200', /0 bytes are kept, and no more were read/],
  },
  {
    group: 'message',
    name: 'never answered',
    door: 'post',
    url: toOpen,
    host: () => ({ answer: () => {} }),
    limits: { connectMsMax: 0, headersMsMax: 150 },
    ends: ['fetch_failed', /no answer came in time/],
  },
];

export const PART_ROWS: Row[] = [
  ...OPENING.map(
    ([name, answer, ends]): Row => ({
      group: 'first part',
      name,
      door: 'openRanged',
      url: toOpen,
      host: () => ({ answer }),
      ends,
    }),
  ),
  ...READING.map(
    ([name, answer, ends, limits]): Row => ({
      group: 'later part',
      name,
      door: 'openRanged',
      url: toOpen,
      host: () => ({ answer: then(answer) }),
      ends,
      ...(limits ? { limits } : {}),
    }),
  ),
  {
    group: 'later part',
    name: 'a part that is elsewhere, at loopback',
    door: 'openRanged',
    url: toOpen,
    host: ({ forbidden }) => ({
      answer: then(say(`HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:${forbidden}/\r\n\r\n`)),
    }),
    ends: ['fetch_failed', /it was redirected/],
  },
  ...MESSAGES,
];
