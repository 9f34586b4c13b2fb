import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CONFIG_KEYS, ConfigError, readConfig } from './config.ts';

const page = readFileSync(join(import.meta.dirname, '../docs/reference/configuration.md'), 'utf8');
const rows = new Map(
  [...page.matchAll(/^\| `([A-Z0-9_]+)` *\| (.+?) *\| (.+) \|$/gm)].map((match) => [
    match[1] ?? '',
    match[2] ?? '',
  ]),
);

test('the configuration page has one row for each key and no other', () => {
  assert.deepEqual([...rows.keys()].toSorted(), CONFIG_KEYS.toSorted());
});

test('writing the defaults of the configuration page into the environment changes nothing', () => {
  const written = [...rows].flatMap(([key, cell]) => {
    const value = /^`(.+)`$/.exec(cell)?.[1];
    return value === undefined ? [] : [[key, value]];
  });
  assert.ok(written.length > 25, `${written.length} defaults were read from the page`);
  assert.deepEqual(readConfig(Object.fromEntries(written)), readConfig({}));
});

test('the source says the same default as the page', () => {
  const source = readFileSync(join(import.meta.dirname, 'environment.ts'), 'utf8');
  for (const [key, cell] of rows) {
    const value = /^`(.+)`$/.exec(cell)?.[1];
    const before = source.split(`\n  ${key}: `)[0] ?? '';
    const docblock = before.slice(before.lastIndexOf('/**')).replaceAll(/[\s*]+/g, ' ');
    assert.match(docblock, /^\/ .+ \/$/, `${key} has a docblock`);
    if (value !== undefined)
      assert.ok(docblock.includes(`@default ${value} `), `${key}: ${docblock}`);
  }
});

test('all problems are reported together', () => {
  const wrong = {
    PORT: 'eighty',
    LOG_LEVEL: 'loud',
    PRICE_STD_PER_SECOND: '0.1028812345',
    ALLOW_CIDRS: 'localhost',
    ADMIN_KEY: 'short',
  };
  assert.throws(
    () => readConfig(wrong),
    (error: unknown) => {
      assert.ok(error instanceof ConfigError);
      assert.equal(error.problems.length, 5);
      for (const key of Object.keys(wrong)) assert.match(error.message, new RegExp(key));
      return true;
    },
  );
});

test('a secret never appears in the message of its own refusal', () => {
  assert.throws(
    () => readConfig({ ADMIN_KEY: 'hunter2', SIGNING_SECRET: 'hunter3' }),
    (error: unknown) => error instanceof ConfigError && !/hunter/.test(error.message),
  );
});

test('values that contradict each other are refused', () => {
  const contradictions = [
    { IMAGE_SIDE_MIN: '500', IMAGE_SIDE_MAX: '400' },
    { REFERENCE_SECONDS_MIN: '11' },
    { S3_ENDPOINT: 'http://127.0.0.1:9000' },
    { S3_BUCKET: 'media', S3_ACCESS_KEY_ID: 'id' },
  ];
  for (const contradiction of contradictions) {
    assert.throws(() => readConfig(contradiction), ConfigError, JSON.stringify(contradiction));
  }
});

test('a price in dollars a second becomes the exact nano-dollars a millisecond', () => {
  const { billing } = readConfig({ PRICE_STD_PER_SECOND: '0.10288', PRICE_PRO_PER_SECOND: '2' });
  assert.deepEqual(billing.rateNanosPerMs, { std: 102_880n, pro: 2_000_000n });
});

test('a price of nothing is refused, since a task must have a hold', () => {
  for (const value of ['0', '0.000000']) {
    assert.throws(
      () => readConfig({ PRICE_STD_PER_SECOND: value }),
      /PRICE_STD_PER_SECOND must be more/,
    );
  }
});

test('the public address is a host, so that no address of a result has a doubled path', () => {
  assert.equal(
    readConfig({ PUBLIC_URL: 'https://host.test/' }).http.publicUrl,
    'https://host.test',
  );
  for (const wrong of [
    'https://host.test/v1',
    'https://me:pass@host.test',
    'https://host.test?a',
  ]) {
    assert.throws(() => readConfig({ PUBLIC_URL: wrong }), /PUBLIC_URL must be/, wrong);
  }
});

test('ranges are read from a list', () => {
  const { net } = readConfig({ ALLOW_CIDRS: '127.0.0.0/8, ::1/128' });
  assert.deepEqual(net.allowCidrs, ['127.0.0.0/8', '::1/128']);
});

test('an empty value counts as not set', () => {
  assert.equal(readConfig({ PORT: '', DATABASE_URL: ' ' }).http.port, 8787);
});

test('the configuration cannot be changed after it was read', () => {
  const config = readConfig({});
  assert.throws(() => Object.assign(config.limits, { promptCharsMax: 1 }), TypeError);
});
