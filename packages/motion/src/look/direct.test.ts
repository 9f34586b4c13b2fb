import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Character } from '../model/character.ts';
import type { RgbaImage } from '../model/image.ts';
import type { Performance, PerformanceFrame } from '../model/performance.ts';
import { renderFrames } from '../render/renderer.ts';
import {
  FIGURE_HEIGHT,
  FIGURE_WIDTH,
  frameOf,
  jointsOf,
  moved,
  STANDING,
  stickFigure,
} from '../testing/stick-figure.ts';
import { directPrompt } from './direct.ts';

const character = stickFigure();

/** The left arm swings out fast, then is still. */
const performance: Performance = {
  width: FIGURE_WIDTH,
  height: FIGURE_HEIGHT,
  fps: 25,
  durationMs: 240,
  frames: [0, 20, 40, 40, 40, 40].map((swing, index) => ({
    ...frameOf(
      jointsOf(
        moved(STANDING, {
          leftElbow: [152 + swing / 2, 150],
          leftWrist: [155 + swing, 188 - swing / 2],
          leftHand: [156 + swing, 202 - swing / 2],
        }),
      ),
    ),
    timeMs: index * 40,
  })),
  findings: [],
};

async function perform(prompt: string, who: Character = character): Promise<RgbaImage[]> {
  const { performance: drawings, backdrop, develop } = directPrompt(prompt, who, performance);
  const options = backdrop ? { backdrop } : {};
  const frames: RgbaImage[] = [];
  for await (const frame of develop(renderFrames(who, drawings, options))) {
    frames.push({ ...frame, data: frame.data.slice() });
  }
  return frames;
}

const plain = await perform('');

test('a prompt of which nothing is understood gives the same frames as no prompt', async () => {
  assert.deepEqual(await perform('she wears a red hat'), plain);
  assert.deepEqual(await perform('x'.repeat(2500)), plain);
  assert.deepEqual(await perform('match face identity, follow the reference dance'), plain);
});

test('every prompt gives as many frames as there are, of the same size, opaque', async () => {
  for (const prompt of [
    'push in, noir',
    'motion blur',
    'orbit left, strong motion blur, handheld',
  ]) {
    const frames = await perform(prompt);
    assert.equal(frames.length, plain.length, prompt);
    for (const { width, height, data } of frames) {
      assert.deepEqual([width, height], [FIGURE_WIDTH, FIGURE_HEIGHT]);
      assert.ok(data.every((value, at) => at % 4 !== 3 || value === 255));
    }
  }
});

test('what is not understood is quoted in a warning that names what is', () => {
  const { findings, applied } = directPrompt('a red hat, slightly warm', character, performance);
  assert.deepEqual(applied, ['warm (slight)']);
  assert.equal(findings.length, 1);
  assert.equal(findings[0]?.code, 'prompt_not_applied');
  assert.equal(findings[0]?.severity, 'warning');
  assert.match(findings[0]?.message ?? '', /"red hat".*Applied: warm \(slight\)\..*prompt\.md/);
});

test('a warning stays short, whatever the prompt', () => {
  const { findings } = directPrompt('💃 mystery, '.repeat(200), character, performance);
  assert.ok((findings[0]?.message.length ?? 0) < 400);
});

test('a prompt that is understood whole brings no warning', () => {
  for (const prompt of ['', '  ', 'Follow the reference dance, cinematic lighting', 'no grain']) {
    assert.deepEqual(directPrompt(prompt, character, performance).findings, [], prompt);
  }
});

test('a portrait without a body says that it has no background to move', () => {
  const portrait: Character = { ...character, pose: null };
  const { applied, backdrop, findings } = directPrompt('orbit left, noir', portrait, performance);
  assert.deepEqual(applied, ['noir']);
  assert.equal(backdrop, null);
  assert.match(findings[0]?.message ?? '', /"orbit left"/);
});

test('motion blur draws more where it moves, and one drawing where all is still', () => {
  const { performance: drawings } = directPrompt('motion blur', character, performance);
  const more = drawings.frames.length - performance.frames.length;
  assert.ok(more >= 6, `${more} more drawings`);
  const still = { ...performance, frames: performance.frames.slice(3) };
  assert.deepEqual(directPrompt('motion blur', character, still).performance.frames, still.frames);
});

test('motion blur smears what moves and nothing else', async () => {
  const blurred = await perform('motion blur');
  assert.deepEqual(blurred[5], plain[5], 'a still frame is as sharp as ever');
  const partly = ({ data }: RgbaImage): number => new Set(new Uint32Array(data.buffer)).size;
  assert.ok(partly(blurred[1]!) > 2 * partly(plain[1]!), 'the moving arm has soft borders');
});

test('a cut is not blurred', () => {
  const far: PerformanceFrame = frameOf(performance.frames[0]!.joints.map((value) => value + 200));
  const cut = { ...performance, frames: [performance.frames[0]!, far] };
  assert.deepEqual(directPrompt('motion blur', character, cut).performance.frames, cut.frames);
});

test('the figure stays while an orbit moves what is behind it', async () => {
  const patterned = { ...character, plate: stripes() };
  const [still, orbit] = [await perform('', patterned), await perform('orbit right', patterned)];
  const at = (image: RgbaImage, x: number, y: number) =>
    image.data.slice(4 * (y * FIGURE_WIDTH + x));
  const chest = (image: RgbaImage): string => at(image, 120, 150).slice(0, 4).join();
  const wall = (image: RgbaImage): string =>
    at(image, 0, 20)
      .slice(0, 4 * FIGURE_WIDTH)
      .join();
  assert.equal(chest(orbit[0]!), chest(still[0]!));
  assert.notEqual(wall(orbit[0]!), wall(orbit[5]!));
  assert.equal(wall(still[0]!), wall(still[5]!));
});

function stripes(): RgbaImage {
  const { width, height } = character.plate;
  const data = new Uint8Array(width * height * 4).fill(255);
  for (let at = 0; at < width * height; at++) data[4 * at] = ((at % width) * 7) & 255;
  return { width, height, data };
}
