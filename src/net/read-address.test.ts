import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError } from '../kernel/errors.ts';
import { readAddress } from './read-address.ts';

test('the ports of the web and the high ones are read', () => {
  for (const port of ['', ':80', ':443', ':1024', ':8080', ':8443', ':9000', ':65535']) {
    assert.equal(readAddress(`http://example.com${port}/a`, 'file').hostname, 'example.com');
    assert.equal(readAddress(`https://example.com${port}/a`, 'file').hostname, 'example.com');
  }
});

test('a port that belongs to another protocol is refused by its number', () => {
  for (const port of [
    0, 1, 22, 23, 25, 53, 110, 143, 445, 587, 993, 1023, 6000, 6379, 6667, 11_211,
  ]) {
    const sentence = `The file address was refused: no file is fetched from port ${port}.`;
    refuses(`http://example.com:${port}/`, sentence);
  }
});

test('an address is read up to its longest, and a longer one is refused', () => {
  const longest = `http://example.com/${'a'.repeat(8192 - 19)}`;
  assert.equal(readAddress(longest, 'file').href.length, 8192);
  refuses(`${longest}a`, /has 8193 characters, at most 8192 are read/);
});

test('what a stranger wrote is quoted, but never at length', () => {
  refuses(`${'x'.repeat(5000)}:y`, /its scheme is "x{60}…", only http and https/);
});

function refuses(text: string, sentence: string | RegExp): void {
  assert.throws(
    () => readAddress(text, 'file'),
    (error) => {
      assert.ok(isAppError(error, 'address_refused'), String(error));
      if (typeof sentence === 'string') assert.equal(error.message, sentence);
      else assert.match(error.message, sentence);
      return true;
    },
  );
}
