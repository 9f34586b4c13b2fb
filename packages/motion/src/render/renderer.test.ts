import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RgbaImage } from '../model/image.ts';
import {
  ARM_RAISED,
  COLOURS,
  FIGURE_HEIGHT,
  FIGURE_WIDTH,
  findColour,
  frameOf,
  jointsOf,
  STANDING,
  shifted,
  stickFigure,
} from '../testing/stick-figure.ts';
import { createRenderer, renderFrames } from './renderer.ts';

function psnr(a: RgbaImage, b: RgbaImage): number {
  let sum = 0;
  for (const [i, value] of a.data.entries()) sum += (value - b.data[i]!) ** 2;
  const mean = sum / a.data.length;
  return mean === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10(255 ** 2 / mean);
}

test('a character in its bind pose looks like its picture', () => {
  const character = stickFigure();
  const image = createRenderer(character).renderFrame(frameOf(character.joints));
  assert.ok(psnr(image, character.picture) > 45, `${psnr(image, character.picture)} dB`);
});

test('a raised arm is drawn where its joints are', () => {
  const image = createRenderer(stickFigure()).renderFrame(frameOf(jointsOf(ARM_RAISED)));
  const forearm = findColour(image, COLOURS.leftForearm!);
  const { leftElbow, leftWrist } = ARM_RAISED;
  assert.ok(forearm);
  assert.ok(Math.abs(forearm.x - (leftElbow[0] + leftWrist[0]) / 2) < 2, `x ${forearm.x}`);
  assert.ok(Math.abs(forearm.y - (leftElbow[1] + leftWrist[1]) / 2) < 3, `y ${forearm.y}`);
});

test('a shift of all joints shifts the pixels and shows the plate behind', () => {
  const character = stickFigure();
  const joints = jointsOf(shifted(STANDING, 40, 0));
  const image = createRenderer(character).renderFrame(frameOf(joints));
  const before = findColour(character.picture, COLOURS.torso!)!;
  const after = findColour(image, COLOURS.torso!)!;
  assert.ok(Math.abs(after.x - before.x - 40) < 0.5);
  assert.equal(after.count, before.count);
  const where = (200 * FIGURE_WIDTH + 84) * 4;
  assert.deepEqual(
    image.data.slice(where, where + 4),
    character.plate.data.slice(where, where + 4),
  );
});

test('an arm behind the torso is covered by it, otherwise it covers the torso', () => {
  const across = jointsOf({ ...STANDING, leftElbow: [136, 140], leftWrist: [104, 145] });
  const renderer = createRenderer(stickFigure());
  const front = findColour(renderer.renderFrame(frameOf(across)), COLOURS.leftForearm!);
  const behindFrame = { ...frameOf(across), limbsBehind: ['leftArm' as const] };
  const behind = findColour(renderer.renderFrame(behindFrame), COLOURS.leftForearm!);
  assert.ok((front?.count ?? 0) > 300);
  assert.ok((behind?.count ?? 0) < (front?.count ?? 0) / 4);
});

test('the same frame is drawn the same, whatever was drawn before', () => {
  const renderer = createRenderer(stickFigure());
  const frame = frameOf(jointsOf(ARM_RAISED));
  const first = Uint8Array.from(renderer.renderFrame(frame).data);
  renderer.renderFrame(frameOf(jointsOf(shifted(STANDING, 9, 3))));
  assert.deepEqual(renderer.renderFrame(frame).data, first);
});

test('a performance is rendered frame by frame and stops when it is aborted', async () => {
  const character = stickFigure();
  const frames = [frameOf(character.joints), frameOf(character.joints)];
  const size = { width: FIGURE_WIDTH, height: FIGURE_HEIGHT };
  const performance = { ...size, fps: 25, durationMs: 80, frames, findings: [] };
  const controller = new AbortController();
  const seen: number[] = [];
  await assert.rejects(async () => {
    for await (const image of renderFrames(character, performance, {
      signal: controller.signal,
    })) {
      seen.push(image.width);
      controller.abort(new Error('enough'));
    }
  }, /enough/);
  assert.deepEqual(seen, [FIGURE_WIDTH]);
});
