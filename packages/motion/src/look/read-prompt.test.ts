import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPrompt } from './read-prompt.ts';
import { CAMERA_TERMS, CAMERA_WORDS, LOOK_TERMS, LOOK_WORDS } from './vocabulary.ts';

const NAMED = [...CAMERA_WORDS, ...LOOK_WORDS];
const SAYINGS = Object.entries({ ...CAMERA_TERMS, ...LOOK_TERMS }).flatMap(([name, { says }]) =>
  says.map((text) => ({ name, text: text.replaceAll('~', '') })),
);

test('every word of the vocabulary is understood by its own name', () => {
  for (const name of NAMED) {
    assert.deepEqual(readPrompt(name).applied, [name]);
    assert.deepEqual(readPrompt(name).ignored, []);
  }
});

test('every other way to say a word means that word and no other', () => {
  for (const { name, text } of SAYINGS) {
    assert.deepEqual(readPrompt(`Please, ${text.toUpperCase()}!`).applied, [name], text);
  }
});

test('words of strength make what they stand beside weaker or stronger', () => {
  const strengths = (text: string) => {
    const { camera, looks } = readPrompt(text);
    return [...camera, ...looks].map(({ name, strength }) => `${name} ${strength}`);
  };
  assert.deepEqual(strengths('push in slowly'), ['push in 0.5']);
  assert.deepEqual(strengths('zoom slowly in'), ['push in 0.5']);
  assert.deepEqual(strengths('slightly warm and very strong vignette'), [
    'warm 0.5',
    'vignette 1.6',
  ]);
  assert.deepEqual(readPrompt('strongly pans to the left').applied, ['pan left (strong)']);
});

test('verbs may be bent and words may be hyphened', () => {
  const { applied } = readPrompt('Camera zooming out, panning right; hand-held, black-and-white');
  assert.deepEqual(applied, ['pull out', 'pan right', 'handheld', 'black and white']);
});

test('what is negated is not done, to the end of its part of the sentence', () => {
  assert.deepEqual(readPrompt('not cinematic, warm').applied, ['warm']);
  assert.deepEqual(readPrompt("don't zoom in but pan left").applied, ['pan left']);
  assert.deepEqual(readPrompt('Do not zoom in.').ignored, []);
  const film = readPrompt('film look without grain or vignette');
  assert.deepEqual(film.looks, [{ name: 'film', strength: 1 }]);
  assert.deepEqual(film.ignored, []);
});

test('a look brings what belongs to it', () => {
  assert.deepEqual(
    readPrompt('film').looks.map(({ name }) => name),
    ['film', 'grain'],
  );
});

test('of words that exclude each other the last one counts and the others are named', () => {
  const { applied, ignored } = readPrompt('warm, cold, push in, zoom out');
  assert.deepEqual(applied, ['cold', 'pull out']);
  assert.deepEqual(ignored, ['warm', 'push in']);
});

test('what the engine does for every pair is accepted in silence', () => {
  for (const text of [
    'Match face identity, follow the reference dance',
    'keep the same character and copy the motion exactly',
    'Static camera. No camera movement.',
    'perform the dance with accurate lip sync and facial expressions',
  ]) {
    assert.deepEqual(readPrompt(text), { camera: [], looks: [], applied: [], ignored: [] }, text);
  }
});

test('the prompt of the contract is cinematic and nothing else', () => {
  const { applied, ignored } = readPrompt(
    'Match face identity, follow the reference dance, cinematic lighting',
  );
  assert.deepEqual({ applied, ignored }, { applied: ['cinematic'], ignored: [] });
});

test('words that mean nothing to the engine come back as they stand', () => {
  assert.deepEqual(readPrompt('she wears a red hat, very cold').ignored, ['she wears a red hat']);
  assert.deepEqual(readPrompt('do not follow the dance').ignored, ['do not follow the dance']);
  assert.deepEqual(readPrompt('镜头推进').ignored, ['镜头推进']);
  assert.deepEqual(readPrompt('a cool warmly lukewarm pantry').applied, []);
});

test('the longest prompt is read, whatever is in it', () => {
  assert.deepEqual(readPrompt('x'.repeat(2500)).ignored, ['x'.repeat(2500)]);
  assert.equal(readPrompt('zoom '.repeat(500)).applied.length, 1);
  assert.deepEqual(readPrompt('💃'.repeat(2500)).ignored, ['💃'.repeat(2500)]);
  assert.deepEqual(readPrompt(`${' ,;—'.repeat(600)}neon`).applied, ['neon']);
});
