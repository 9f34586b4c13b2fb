import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CAMERA_TERMS, LOOK_TERMS } from '../../packages/motion/src/look/vocabulary.ts';
import { listFiles, read, root } from './repository.ts';

const PICTURES = 'docs/media/prompt';
const PICTURES_BYTES_MAX = 600_000;

const terms = Object.entries({ ...CAMERA_TERMS, ...LOOK_TERMS });
const page = read('docs/reference/prompt.md');
const rows = [...page.matchAll(/^\| `([^`]+)` \| !\[[^\]]*\]\(([^)]+)\) \| .+ \| (.*) \|$/gm)].map(
  ([, word = '', picture = '', also = '']) => ({ word, picture, also }),
);

test('the prompt page has a row for every word of the vocabulary and for no other', () => {
  assert.deepEqual(
    rows.map(({ word }) => word),
    terms.map(([word]) => word),
  );
});

test('the prompt page lists every other way to say a word', () => {
  const wrong = terms.filter(([word, { says }]) => {
    const others = says.map((text) => text.replaceAll('~', '')).filter((text) => text !== word);
    return rows.find((row) => row.word === word)?.also.trim() !== others.join(', ');
  });
  assert.deepEqual(wrong, []);
});

test('every word has a picture of its own, and all of them are small', () => {
  for (const { word, picture } of rows) {
    assert.equal(picture, `../media/prompt/${word.replaceAll(' ', '-')}.webp`);
    assert.ok(existsSync(join(root, 'docs/reference', picture)), picture);
  }
  const files = listFiles().filter((file) => file.startsWith(`${PICTURES}/`));
  assert.equal(files.length, rows.length + 1, 'one for each word and one without a prompt');
  const sizeBytes = files.reduce((sum, file) => sum + statSync(join(root, file)).size, 0);
  assert.ok(sizeBytes <= PICTURES_BYTES_MAX, `${sizeBytes} bytes`);
});
