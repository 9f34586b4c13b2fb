import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hideSecrets } from './hide-secrets.ts';
import { createLog } from './log.ts';

test('a secret is in no line, also not in an error of the database', () => {
  const lines: string[] = [];
  const log = createLog('info', { write: (line) => void lines.push(line) });
  const failed = Object.assign(new Error('the statement failed'), {
    code: '23514',
    query: 'INSERT INTO task VALUES ($1)',
    params: ['https://host/a?sig=hidden-1'],
    detail: 'Failing row contains (hidden-2)',
  });
  log.error({ err: failed, authorization: 'Bearer hidden-3' }, 'failed');
  log.info({ config: { adminKey: 'hidden-4', secret: 'hidden-5' } }, 'told');
  const text = lines.join('');
  assert.match(text, /the statement failed/);
  assert.match(text, /23514/);
  assert.doesNotMatch(text, /hidden-/);
});

const shown: [what: string, line: string, expected: string][] = [
  ['a query', 'GET https://h/a.mp4?x=1&y=2 failed', 'GET https://h/a.mp4?[hidden] failed'],
  ['an escaped quote', String.raw`"https://h/a?b=\"c" rest`, '"https://h/a?[hidden]" rest'],
  ['a fragment', 'https://h/a#secret', 'https://h/a?[hidden]'],
  ['a password', 'postgres://me:word@host:5432/db', 'postgres://[hidden]@host:5432/db'],
  ['a picture', '"data:image/png;base64,AAAA"', '"data:[hidden]"'],
  ['a header', 'authorization: Bearer abc.def', 'authorization: Bearer [hidden]'],
  ['a relative address', '/v1/x/content?exp=1&sig=abc', '/v1/x/content?exp=1&sig=[hidden]'],
  [
    'an address alone',
    'see https://h/a.mp4, or file:///b.ts:3',
    'see https://h/a.mp4, or file:///b.ts:3',
  ],
  ['a field', '{"data":{"a":1}}', '{"data":{"a":1}}'],
  ['a word of the configuration', 'it was pass-word-1', 'it was [hidden]'],
];

for (const [what, line, expected] of shown) {
  test(`${what} is shown as it should be`, () => {
    assert.equal(hideSecrets(line, ['pass-word-1', 'it']), expected);
  });
}
