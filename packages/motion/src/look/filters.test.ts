import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RgbaImage } from '../model/image.ts';
import { createFilters } from './filters.ts';
import { squareSide } from './pixelate.ts';
import { readPrompt } from './read-prompt.ts';
import { drawPicture, measureColours } from './testing/drawn-picture.ts';
import { LOOK_WORDS } from './vocabulary.ts';

const plain = drawPicture();

/** The picture as frame `index` of a video with this prompt. */
function look(prompt: string, index = 0): RgbaImage {
  const frame = drawPicture();
  for (const filter of createFilters(readPrompt(prompt).looks, frame.width, frame.height)) {
    filter(frame, index);
  }
  return frame;
}

const measure = (prompt: string) => measureColours(look(prompt));
const before = measureColours(plain);

test('every look changes the picture, keeps its alpha, and is the same in every run', () => {
  for (const word of LOOK_WORDS.filter((name) => name !== 'motion blur')) {
    const frame = look(word);
    assert.notDeepEqual(frame.data, plain.data, word);
    assert.ok(
      frame.data.every((value, at) => at % 4 !== 3 || value === 255),
      word,
    );
    assert.deepEqual(look(word).data, frame.data, word);
  }
});

test('a stronger word changes more than a weaker one', () => {
  const change = (prompt: string): number =>
    look(prompt).data.reduce((sum, value, at) => sum + Math.abs(value - plain.data[at]!), 0);
  for (const word of [
    'cinematic',
    'warm',
    'cold',
    'film',
    'vintage',
    'neon',
    'vignette',
    'grain',
  ]) {
    assert.ok(change(`slight ${word}`) < change(word), word);
    assert.ok(change(word) < change(`strong ${word}`), word);
  }
});

test('warm raises red against blue, cold does the opposite', () => {
  const lead = ({ red, blue }: typeof before): number => red - blue;
  assert.ok(lead(measure('warm')) > lead(before) + 8);
  assert.ok(lead(measure('cold')) < lead(before) - 8);
});

test('noir and black and white have no colour, and noir has more contrast', () => {
  assert.equal(measure('noir').colour, 0);
  assert.equal(measure('black and white').colour, 0);
  assert.ok(measure('noir').contrast > 1.2 * before.contrast);
  assert.ok(measure('noir').contrast > measure('black and white').contrast);
});

test('sepia is brown: red over green over blue in every grey', () => {
  const { red, green, blue } = measure('sepia');
  assert.ok(red > green + 4 && green > blue + 4, `${red} ${green} ${blue}`);
});

test('cinematic parts the colours of shadow and light', () => {
  const lean = (level: number): number => {
    const frame = { width: 8, height: 8, data: new Uint8Array(256).fill(level) };
    for (const filter of createFilters([{ name: 'cinematic', strength: 1 }], 8, 8)) {
      filter(frame, 0);
    }
    return frame.data[0]! - frame.data[2]!;
  };
  assert.ok(lean(50) < -5, 'shadows are blue');
  assert.ok(lean(200) > 5, 'light is orange');
});

test('film and vintage lift black, and vintage takes colour away', () => {
  const darkest = (prompt: string): number => {
    const frame = { width: 8, height: 8, data: new Uint8Array(256) };
    for (const { name, strength } of readPrompt(`${prompt}, no grain, no vignette`).looks) {
      for (const filter of createFilters([{ name, strength }], 8, 8)) filter(frame, 0);
    }
    return Math.min(frame.data[0]!, frame.data[1]!, frame.data[2]!);
  };
  assert.ok(darkest('film') > 5);
  assert.ok(darkest('vintage') > 15);
  assert.ok(measure('vintage').colour < before.colour);
});

test('grain is new in every frame, the same in every run, and leaves the mean alone', () => {
  assert.notDeepEqual(look('grain', 1).data, look('grain', 2).data);
  assert.deepEqual(look('grain', 7).data, look('grain', 7).data);
  assert.ok(Math.abs(measure('grain').luma - before.luma) < 0.7);
});

test('a vignette darkens the corners and leaves the middle', () => {
  const { width, height, data } = look('vignette');
  const middle = 4 * ((height / 2) * width + width / 2);
  assert.deepEqual(data.slice(middle, middle + 4), plain.data.slice(middle, middle + 4));
  assert.ok(data[0]! < 0.75 * plain.data[0]!);
});

test('pixel has squares of one colour, whatever else is asked for', () => {
  for (const prompt of ['pixel', 'pixel, grain, vignette, warm']) {
    const { width, data } = look(prompt);
    const side = squareSide(width, 1);
    const colourAt = (x: number, y: number): string =>
      data.slice(4 * (y * width + x), 4 * (y * width + x) + 3).join();
    for (let y = 0; y < 20 * side; y++) {
      for (let x = 0; x < 20 * side; x++) {
        const corner = colourAt(x - (x % side), y - (y % side));
        assert.equal(colourAt(x, y), corner);
      }
    }
  }
});

test('a pencil draws grey lines on light paper', () => {
  const { data, width } = look('pencil');
  const { colour, luma } = measureColours({ data, width, height: 320 });
  assert.ok(colour < 12, 'graphite and paper are nearly grey');
  assert.ok(luma > before.luma, 'most of it is paper');
  const row = Math.round(320 / 3) * width;
  const edge = Math.round(width / 2 - width / 5);
  const lightest = data[4 * (row + Math.round(width / 2))]!;
  const darkest = Math.min(...[-4, -3, -2, -1, 0, 1].map((by) => data[4 * (row + edge + by)]!));
  assert.ok(darkest < lightest - 60, 'there is a line where the disc begins');
});

test('a comic has fewer tones, clearer colours and ink', () => {
  const frame = look('comic');
  assert.ok(measureColours(frame).colour > before.colour);
  const tones = ({ data }: RgbaImage): number =>
    new Set(data.filter((_, at) => at % 4 === 1 && at < 4 * 180 * 200)).size;
  assert.ok(tones(frame) < tones(plain) * 3);
  const darkest = (from: RgbaImage): number => from.data.reduce((a, b) => Math.min(a, b), 255);
  assert.ok(darkest(frame) < darkest(plain));
});

test('neon is magenta at the left and cyan at the right, and dark between', () => {
  const { data, width } = look('neon');
  const at = (x: number): number => 4 * (100 * width + x);
  const [left, right] = [at(6), at(width - 7)];
  assert.ok(data[left]! > data[left + 1]! + 30);
  assert.ok(data[right + 1]! > data[right]! + 30);
  assert.ok(measureColours(look('neon')).luma < before.luma);
});
