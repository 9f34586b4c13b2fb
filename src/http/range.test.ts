import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchesTag, readRange } from './range.ts';

test('a range that is malformed, of another unit or backwards is ignored', () => {
  for (const header of [
    'bytes=',
    'bytes=-',
    'bytes=a-b',
    'items=0-1',
    'bytes=5-4',
    '0-1',
    'bytes=0-1,3-4',
  ]) {
    assert.deepEqual(readRange(header, 10), { kind: 'whole' }, header);
  }
});

test('a range of an empty file cannot be satisfied', () => {
  for (const header of ['bytes=0-', 'bytes=-1', 'bytes=0-0']) {
    assert.deepEqual(readRange(header, 0), { kind: 'unsatisfiable' }, header);
  }
});

test('tags are compared without their weakness, in a list or as a star', () => {
  assert.equal(matchesTag('W/"a", "b"', '"b"'), true);
  assert.equal(matchesTag('"b"', 'W/"b"'), true);
  assert.equal(matchesTag('*', '"b"'), true);
  assert.equal(matchesTag('"c"', '"b"'), false);
  assert.equal(matchesTag(undefined, '"b"'), false);
});
