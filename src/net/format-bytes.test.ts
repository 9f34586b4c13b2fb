import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatBytes } from './format-bytes.ts';

test('sizes are said the way a person would', () => {
  const said = [0, 1023, 1024, 1536, 10 * 1024 ** 2, 104_857_600, 3 * 1024 ** 4].map(formatBytes);
  assert.deepEqual(said, ['0 bytes', '1023 bytes', '1 kB', '1.5 kB', '10 MB', '100 MB', '3072 GB']);
});
