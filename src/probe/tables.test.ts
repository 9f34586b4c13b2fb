import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkBoxes } from './tables.ts';

function box(type: string, ...content: Uint8Array[]): Buffer {
  const head = Buffer.alloc(8);
  const size = content.reduce((sum, { length }) => sum + length, 8);
  head.writeUInt32BE(size);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, ...content]);
}

function words(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => {
    bytes.writeUInt32BE(value, 4 * index);
  });
  return bytes;
}

const inTrack = (...tables: Buffer[]) =>
  box('trak', box('mdia', box('minf', box('stbl', ...tables))));

test('a table that claims more entries than it has room for is named, wherever it lies', () => {
  const tables: [string, number[], number][] = [
    ['stts', [0, 3], 8],
    ['ctts', [0, 3], 8],
    ['stsz', [0, 0, 3], 4],
    ['stss', [0, 3], 4],
    ['stsc', [0, 3], 12],
    ['stco', [0, 3], 4],
    ['co64', [0, 3], 8],
  ];
  for (const [type, head, entryBytes] of tables) {
    const whole = box(type, words(...head), Buffer.alloc(3 * entryBytes));
    const short = box(type, words(...head), Buffer.alloc(3 * entryBytes - 1));
    assert.equal(checkBoxes(inTrack(whole)), null, type);
    const problem = `its table "${type}" claims 3 entries and has room for 2`;
    assert.equal(checkBoxes(inTrack(box('free'), short)), problem);
  }
});

test('one size for all samples takes no entries', () => {
  assert.equal(checkBoxes(inTrack(box('stsz', words(0, 4, 1_000_000)))), null);
});

test('eight bytes that stand for billions of samples are named', () => {
  const run = (type: string, count: number) => box(type, words(0, 1, count, 1));
  assert.match(checkBoxes(inTrack(run('ctts', 0xffff0001))) ?? '', /"ctts" counts 4294901761/);
  assert.match(checkBoxes(inTrack(run('stts', 2e6), run('ctts', 1))) ?? '', /"stts" counts/);
  // Half a minute of sound that is not compressed.
  assert.equal(checkBoxes(inTrack(run('stts', 1_440_000))), null);
});

test('a chunk of more samples than the track has is named', () => {
  const sizes = box('stsz', words(0, 4, 12));
  const chunks = (samples: number) => box('stsc', words(0, 1, 1, samples, 1));
  assert.equal(checkBoxes(inTrack(sizes, chunks(12))), null);
  const problem = 'its table "stsc" puts 13 samples into a chunk; the track has 12';
  assert.equal(checkBoxes(inTrack(chunks(13), sizes)), problem);
  assert.match(checkBoxes(inTrack(chunks(13))) ?? '', /the track has 0$/);
});

test('a run of a fragment is held to its room, and to a limit where it needs none', () => {
  const run = (flags: number, ...rest: number[]) => box('traf', box('trun', words(flags, ...rest)));
  assert.equal(checkBoxes(run(0x301, 1, 0, 5, 5)), null);
  assert.match(checkBoxes(run(0x301, 2, 0, 5, 5)) ?? '', /"trun" claims 2 entries/);
  assert.equal(checkBoxes(run(0, 1_000)), null);
  assert.match(checkBoxes(run(0, 0x7fffffff)) ?? '', /"trun" counts 2147483647/);
});

test('boxes inside each other without end, or of no size, end the walk', () => {
  let nested = box('stts', words(0, 9));
  for (let depth = 0; depth < 50; depth += 1) nested = box('moov', nested);
  assert.equal(checkBoxes(nested), null);
  assert.equal(checkBoxes(words(0, 0x74726163, 0, 0)), null);
});
