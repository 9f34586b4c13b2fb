import assert from 'node:assert/strict';
import { test } from 'node:test';
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
