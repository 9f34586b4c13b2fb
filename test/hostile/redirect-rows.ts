/** Hosts that are public themselves and send us elsewhere. */

import { OPEN_HOST, type Ports, pour, type Row, say, toOpen } from './row.ts';

const PRIVATE = ['address_refused', /(is not a|not at a) public address\.$/] as const;

type Turn = [name: string, to: (ports: Ports) => string, ends: Row['ends']];

const TURNS: Turn[] = [
  ['to loopback', (p) => `http://127.0.0.1:${p.forbidden}/`, PRIVATE],
  ['to loopback as a number', (p) => `http://2130706433:${p.forbidden}/`, PRIVATE],
  ['to IPv6 loopback', (p) => `http://[::1]:${p.forbidden}/`, PRIVATE],
  ['to localhost', (p) => `http://localhost:${p.forbidden}/`, PRIVATE],
  ['to loopback without a scheme', (p) => `//127.0.0.1:${p.forbidden}/`, PRIVATE],
  ['to loopback by backslashes', (p) => `\\\\127.0.0.1:${p.forbidden}\\`, PRIVATE],
  ['to loopback behind TLS', (p) => `https://127.0.0.1:${p.forbidden}/`, PRIVATE],
  ['to the metadata host', () => 'http://169.254.169.254/latest/meta-data/', PRIVATE],
  ['to file:', () => 'file:///etc/hostname', ['address_refused', /scheme is "file"/]],
  ['to data:', () => 'data:video/mp4,x', ['address_refused', /scheme is "data"/]],
  ['to gopher:', () => 'gopher://a.example/', ['address_refused', /scheme is "gopher"/]],
  [
    'to a login',
    ({ open }) => `http://a:b@${OPEN_HOST}:${open}/`,
    ['address_refused', /user name or a password/],
  ],
  ['to the port of SMTP', () => `http://${OPEN_HOST}:25/`, ['address_refused', /port 25/]],
  ['to no URL', () => 'http://[', ['address_refused', /it is not a URL/]],
  [
    'to an address of 10,000 characters',
    () => `/${'a'.repeat(10_000)}`,
    ['address_refused', /has 10001 characters/],
  ],
  ['in a circle', () => '/clip.mp4', ['fetch_failed', /redirected more than 3 times/]],
  ['to nothing', () => '', ['fetch_failed', /redirected more than 3 times|without saying where/]],
];

const turn = (status: number, to: string) =>
  say(`HTTP/1.1 ${status} Elsewhere\r\nlocation: ${to}\r\ncontent-length: 0\r\n\r\n`);

export const REDIRECT_ROWS: Row[] = [
  ...TURNS.map(
    ([name, to, ends]): Row => ({
      group: 'redirect',
      name,
      url: toOpen,
      host: (ports) => ({ answer: turn(302, to(ports)) }),
      ends,
    }),
  ),
  ...[301, 303, 307, 308].map(
    (status): Row => ({
      group: 'redirect',
      name: `to loopback, with ${status}`,
      url: toOpen,
      host: ({ forbidden }) => ({ answer: turn(status, `http://127.0.0.1:${forbidden}/`) }),
      ends: PRIVATE,
    }),
  ),
  {
    group: 'redirect',
    name: 'to loopback at the third hop',
    url: toOpen,
    host: ({ forbidden }) => ({
      answer: (socket, nth, request) =>
        turn(302, nth < 3 ? `/hop-${nth}` : `http://127.0.0.1:${forbidden}/`)(socket, nth, request),
    }),
    ends: PRIVATE,
  },
  {
    group: 'redirect',
    name: 'without saying where',
    url: toOpen,
    host: () => ({ answer: say('HTTP/1.1 302 Found\r\n\r\n') }),
    ends: ['fetch_failed', /answered 302 without saying where to go/],
  },
  {
    group: 'redirect',
    name: 'to two places',
    url: toOpen,
    host: ({ forbidden }) => ({
      answer: say(
        `HTTP/1.1 302 Found\r\nlocation: /a\r\nlocation: http://127.0.0.1:${forbidden}/\r\n\r\n`,
      ),
    }),
    ends: ['fetch_failed', /redirected more than 3 times/],
  },
  {
    group: 'redirect',
    name: 'with an endless body',
    url: toOpen,
    host: ({ forbidden }) => ({
      answer: pour(
        `HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:${forbidden}/\r\n\r\n`,
        'x'.repeat(60_000),
      ),
    }),
    ends: PRIVATE,
  },
  ...['300 Multiple Choices', '304 Not Modified', '305 Use Proxy', '306 Switch Proxy'].map(
    (status): Row => ({
      group: 'redirect',
      name: `${status}, with an address`,
      url: toOpen,
      host: ({ forbidden }) => ({
        answer: say(`HTTP/1.1 ${status}\r\nlocation: http://127.0.0.1:${forbidden}/\r\n\r\n`),
      }),
      ends: ['fetch_failed', new RegExp(`the address answered ${status.slice(0, 3)}`)],
    }),
  ),
  {
    group: 'redirect',
    name: 'a message that is sent on to loopback',
    door: 'post',
    url: toOpen,
    host: ({ forbidden }) => ({ answer: turn(307, `http://127.0.0.1:${forbidden}/`) }),
    ends: ['answered 307', /0 bytes are kept/],
  },
];
