/** Names whose owner decides what they resolve to, and when. */

import { answerWith, OPEN_HOST, type Ports, type Row, say } from './row.ts';

const PRIVATE = ['address_refused', /its host is not at a public address\.$/] as const;
const PUBLIC = '93.184.216.34';

const forbidden = ({ forbidden: port }: Ports) => `http://name.test:${port}/`;

function toPrivate(name: string, ...addresses: string[]): Row {
  return { group: 'name', name, url: forbidden, resolver: answerWith(addresses), ends: PRIVATE };
}

/** Ends every connection, so that the next request has to resolve the name again. */
const FIRST_PART = [
  'HTTP/1.1 206 Partial Content',
  'content-range: bytes 0-65535/90000',
  'content-length: 65536',
  'connection: close',
  '',
  'x'.repeat(65_536),
].join('\r\n');

export const NAME_ROWS: Row[] = [
  toPrivate('an alias of localhost', '127.0.0.1'),
  toPrivate('a name at IPv6 loopback', '::1'),
  toPrivate('a name at IPv4-mapped loopback', '::ffff:127.0.0.1'),
  toPrivate('a name at NAT64 of loopback', '64:ff9b::7f00:1'),
  toPrivate('a name at the unspecified address', '0.0.0.0'),
  toPrivate('a name in a private network', '192.168.0.10'),
  toPrivate('a name at a link-local address with a zone', 'fe80::1%lo'),
  toPrivate('a name that resolves to no address', 'not-an-address'),
  toPrivate('public and private answers', PUBLIC, '127.0.0.1'),
  toPrivate('private and public answers', '127.0.0.1', PUBLIC),
  toPrivate('public IPv4 and private IPv6', PUBLIC, '::1'),
  toPrivate('one private answer among 500', ...Array(499).fill(PUBLIC), '127.0.0.1'),
  {
    ...toPrivate('the metadata host by its name', '169.254.169.254'),
    url: () => 'http://metadata.google.internal/computeMetadata/v1/',
  },
  {
    ...toPrivate('a name of the wildcard kind', '127.0.0.1'),
    url: ({ forbidden: port }) => `http://127.0.0.1.nip.example:${port}/`,
  },
  {
    ...toPrivate('a private name behind TLS', '127.0.0.1'),
    url: ({ forbidden: port }) => `https://name.test:${port}/`,
  },
  {
    ...toPrivate('a private name, as a message'),
    door: 'post',
    resolver: answerWith(['127.0.0.1']),
  },
  {
    ...toPrivate('a private name, in parts'),
    door: 'openRanged',
    resolver: answerWith(['127.0.0.1']),
  },
  {
    ...toPrivate('a name that moves between two hops'),
    url: ({ open }) => `http://name.test:${open}/`,
    resolver: answerWith([OPEN_HOST], ['127.0.0.1']),
    host: ({ forbidden: port }) => ({
      answer: say(`HTTP/1.1 302 Found\r\nlocation: http://name.test:${port}/\r\n\r\n`),
    }),
  },
  {
    ...toPrivate('a name that moves between two parts'),
    door: 'openRanged',
    url: ({ open }) => `http://name.test:${open}/`,
    resolver: answerWith([OPEN_HOST], ['127.0.0.1']),
    host: () => ({ answer: say(FIRST_PART) }),
  },
  {
    ...toPrivate('a name without any address'),
    resolver: answerWith([]),
    ends: ['fetch_failed', /its host name is not known/],
  },
  {
    ...toPrivate('a name that is not known'),
    resolver: () => () => Promise.reject(Object.assign(new Error(), { code: 'ENOTFOUND' })),
    ends: ['fetch_failed', /its host name is not known/],
  },
  {
    ...toPrivate('a resolver that never answers'),
    resolver: () => () => new Promise(() => {}),
    limits: { connectMsMax: 100 },
    ends: ['fetch_failed', /the connection timed out/],
  },
];
