/** Addresses that lead where nothing of ours may go, in every spelling we know of. */

import { FORBIDDEN_HOST, OPEN_HOST, type Ports, type Row, say } from './row.ts';

/** Hosts as a URL spells them, each with the reason it is here. */
const LOOPBACK: [string, string][] = [
  ['loopback, dotted', '127.0.0.1'],
  ['loopback, another of its addresses', '127.8.9.1'],
  ['loopback as one decimal number', '2130706433'],
  ['loopback as one hexadecimal number', '0x7f000001'],
  ['loopback as one octal number', '017700000001'],
  ['loopback with octal parts', '0177.0.0.01'],
  ['loopback with hexadecimal parts', '0x7f.0x0.0x0.0x1'],
  ['loopback in two parts', '127.1'],
  ['loopback in two parts, one hexadecimal', '0x7f.1'],
  ['loopback in three parts', '127.0.1'],
  ['loopback with a trailing dot', '127.0.0.1.'],
  ['loopback in full-width digits', '１２７．０．０．１'],
  ['loopback in circled digits', '①②⑦.⓪.⓪.①'],
  ['loopback with ideographic full stops', '127。0。0。1'],
  ['loopback, percent-encoded', '%31%32%37.0.0.1'],
  ['loopback, dots percent-encoded', '127%2e0%2e0%2e1'],
  ['loopback with a soft hyphen', '127.0.0.\u00ad1'],
  ['loopback with a line break', '127.0.\n0.1'],
  ['loopback by name', 'localhost'],
  ['loopback by name in capitals', 'LOCALHOST'],
  ['unspecified, dotted', '0.0.0.0'],
  ['unspecified as one digit', '0'],
  ['IPv6 loopback', '[::1]'],
  ['IPv6 loopback, written out', '[0000:0:0:0:0:0:0:0001]'],
  ['IPv6 unspecified', '[::]'],
  ['IPv4-mapped, dotted', '[::ffff:127.0.0.1]'],
  ['IPv4-mapped, hexadecimal', '[::ffff:7f00:1]'],
  ['IPv4-compatible', '[::127.0.0.1]'],
  ['IPv4-translated', '[::ffff:0:127.0.0.1]'],
  ['NAT64 of loopback', '[64:ff9b::127.0.0.1]'],
  ['NAT64, local prefix', '[64:ff9b:1::7f00:1]'],
  ['6to4 of loopback', '[2002:7f00:1::]'],
  ['Teredo of loopback', '[2001:0:7f00:1::80ff:fffe]'],
];

const RANGES: [string, string][] = [
  ['private 10/8', '10.0.0.1'],
  ['private 172.16/12', '172.31.255.254'],
  ['private 192.168/16', '192.168.1.1'],
  ['private as one decimal number', '3232235777'],
  ['shared by carriers', '100.64.0.1'],
  ['link-local', '169.254.10.20'],
  ['"this" network', '0.1.2.3'],
  ['protocol assignments', '192.0.0.8'],
  ['documentation 1', '192.0.2.1'],
  ['documentation 2', '198.51.100.1'],
  ['documentation 3', '203.0.113.1'],
  ['benchmarking', '198.18.0.1'],
  ['6to4 relay', '192.88.99.1'],
  ['multicast', '224.0.0.251'],
  ['reserved', '240.0.0.1'],
  ['broadcast', '255.255.255.255'],
  ['IPv6 unique local', '[fd12:3456::1]'],
  ['IPv6 link-local', '[fe80::1]'],
  ['IPv6 site-local', '[fec0::1]'],
  ['IPv6 multicast', '[ff02::fb]'],
  ['IPv6 discard', '[100::1]'],
  ['IPv6 documentation', '[2001:db8::1]'],
  ['IPv6 documentation, newer', '[3fff:abc::1]'],
  ['IPv6 segment routing', '[5f00::1]'],
  ['IPv6 not given out', '[4000::1]'],
];

const METADATA: [string, string][] = [
  ['metadata, link-local', '169.254.169.254'],
  ['metadata as one decimal number', '2852039166'],
  ['metadata, IPv4-mapped', '[::ffff:169.254.169.254]'],
  ['metadata, NAT64', '[64:ff9b::a9fe:a9fe]'],
  ['metadata over IPv6', '[fd00:ec2::254]'],
  ['metadata over IPv6, another cloud', '[fd20:ce::254]'],
  ['metadata among carriers', '100.100.100.200'],
  ['metadata among assignments', '192.0.0.192'],
  ['container credentials', '169.254.170.2'],
  ['control address that looks public', '168.63.129.16'],
];

const PRIVATE = ['address_refused', /(is not a|not at a) public address\.$/] as const;

function toRows(group: string, hosts: [string, string][], path: string): Row[] {
  return hosts.map(([name, host]) => ({
    group,
    name,
    url: ({ forbidden }) => `http://${host}:${forbidden}${path}`,
    // A guard that fails here knocks at a real network, so let it not wait there.
    limits: { connectMsMax: 100 },
    ends: PRIVATE,
  }));
}

type Trick = [name: string, url: (ports: Ports) => string, ends: Row['ends']];

const LOGIN = ['address_refused', /carries a user name or a password/] as const;
const NO_URL = ['address_refused', /it is not a URL/] as const;
const SCHEME = ['address_refused', /its scheme is ".+", only http and https are fetched/] as const;
const PORT = ['address_refused', /no file is fetched from port \d+/] as const;
const NOT_FOUND = ['fetch_refused', /the address answered 404/] as const;

const TRICKS: Trick[] = [
  ['a login', ({ open }) => `http://name:word@${OPEN_HOST}:${open}/`, LOGIN],
  ['a public name as the login', (p) => `http://a.example@127.0.0.1:${p.forbidden}/`, LOGIN],
  ['host and port as the login', (p) => `http://${OPEN_HOST}:80@127.0.0.1:${p.forbidden}/`, LOGIN],
  ['a token alone', ({ open }) => `http://token@${OPEN_HOST}:${open}/`, LOGIN],
  ['a backslash after the host', (p) => `http://127.0.0.1:${p.forbidden}\\@a.example/`, PRIVATE],
  ['a backslash before an @', (p) => `${at(p)}\\@127.0.0.1:${p.forbidden}/`, NOT_FOUND],
  ['a fragment before an @', (p) => `${at(p)}#@127.0.0.1:${p.forbidden}/`, NOT_FOUND],
  ['a query before an @', (p) => `${at(p)}?@127.0.0.1:${p.forbidden}/`, NOT_FOUND],
  ['no slashes', (p) => `http:127.0.0.1:${p.forbidden}/`, PRIVATE],
  ['too many slashes', (p) => `http:////127.0.0.1:${p.forbidden}/`, PRIVATE],
  ['only backslashes', (p) => `http:\\\\127.0.0.1:${p.forbidden}\\`, PRIVATE],
  ['no scheme', (p) => `//127.0.0.1:${p.forbidden}/`, NO_URL],
  ['an IPv6 zone', (p) => `http://[fe80::1%25lo]:${p.forbidden}/`, NO_URL],
  ['a number too large', (p) => `http://4294967297:${p.forbidden}/`, NO_URL],
  ['five parts', (p) => `http://127.0.0.0.1:${p.forbidden}/`, NO_URL],
  ['a part above 255', (p) => `http://127.0.0.256:${p.forbidden}/`, NO_URL],
  ['no host', () => 'http://', NO_URL],
  ['nothing', () => '', NO_URL],
  ['port 65536', () => `http://${OPEN_HOST}:65536/`, NO_URL],
  ['port 0', () => `http://${OPEN_HOST}:0/`, PORT],
  ['the port of SSH', () => `http://${OPEN_HOST}:22/`, PORT],
  ['the port of SMTP', () => `http://${OPEN_HOST}:25/`, PORT],
  ['the port of Redis', () => `http://${OPEN_HOST}:6379/`, PORT],
  ['file:', () => 'file:///etc/hostname', SCHEME],
  ['file: on a host', () => `file://${FORBIDDEN_HOST}/etc/hostname`, SCHEME],
  ['ftp:', (p) => `ftp://127.0.0.1:${p.forbidden}/`, SCHEME],
  ['gopher:', (p) => `gopher://127.0.0.1:${p.forbidden}/_x`, SCHEME],
  ['dict:', (p) => `dict://127.0.0.1:${p.forbidden}/d:x`, SCHEME],
  ['ws:', (p) => `ws://127.0.0.1:${p.forbidden}/`, SCHEME],
  ['data:', () => 'data:video/mp4;base64,AAAA', SCHEME],
  ['blob:', (p) => `blob:http://127.0.0.1:${p.forbidden}/x`, SCHEME],
  ['javascript:', () => 'javascript:0', SCHEME],
  ['a socket file', () => 'http+unix://%2Frun%2Fdocker.sock/info', SCHEME],
  ['view-source:', (p) => `view-source:http://127.0.0.1:${p.forbidden}/`, SCHEME],
  [
    'an address of a million characters',
    (p) => `${at(p)}/${'a'.repeat(1_000_000)}`,
    ['address_refused', /has 1000\d+ characters, at most 8192 are read/],
  ],
];

function at({ open }: Ports): string {
  return `http://${OPEN_HOST}:${open}`;
}

const notFound = () => ({ answer: say('HTTP/1.1 404 Not Found\r\n\r\n') });

export const ADDRESS_ROWS: Row[] = [
  ...toRows('address', LOOPBACK, '/'),
  ...toRows('address', RANGES, '/'),
  ...toRows('address', METADATA, '/latest/meta-data/'),
  ...TRICKS.map(([name, url, ends]) => ({ group: 'spelling', name, url, ends, host: notFound })),
];
