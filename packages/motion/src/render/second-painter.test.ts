import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Performance, PerformanceFrame } from '../model/performance.ts';
import {
  FIGURE_HEIGHT,
  FIGURE_WIDTH,
  frameOf,
  jointsOf,
  STANDING,
  shifted,
  stickFigure,
} from '../testing/stick-figure.ts';
import { createRenderer, renderFrames } from './renderer.ts';
import { startSecondPainter } from './second-painter.ts';

/** Long enough for a second thread. */
const FRAME_COUNT = 301;

function walk(): Performance {
  const frames = Array.from({ length: FRAME_COUNT }, (_, i) =>
    frameOf(jointsOf(shifted(STANDING, 20 * Math.sin(i / 3), i / 9))),
  );
  const size = { width: FIGURE_WIDTH, height: FIGURE_HEIGHT };
  return { ...size, fps: 25, durationMs: FRAME_COUNT * 40, frames, findings: [] };
}

test('two threads draw the frames that one draws, in their order', async () => {
  const character = stickFigure();
  const performance = walk();
  const alone = createRenderer(character);
  let index = 0;
  for await (const { data } of renderFrames(character, performance)) {
    const expected = alone.renderFrame(performance.frames[index]!).data;
    assert.ok(Buffer.compare(data, expected) === 0, `frame ${index}`);
    index += 1;
  }
  assert.equal(index, FRAME_COUNT);
});

test('who stops early waits for the thread to be gone, and for nothing else', async () => {
  const stop = new AbortController();
  const seen: number[] = [];
  const drawing = renderFrames(stickFigure(), walk(), { signal: stop.signal });
  await assert.rejects(async () => {
    for await (const { width } of drawing) {
      seen.push(width);
      if (seen.length === 4) stop.abort(new Error('enough'));
    }
  }, /enough/);
  assert.equal(seen.length, 4);
});

test('what goes wrong in the thread reaches who waits for the frame, and who asks for more', async () => {
  const painter = startSecondPainter(stickFigure());
  const broken = { ...frameOf(jointsOf(STANDING)), joints: null } as unknown as PerformanceFrame;
  await assert.rejects(painter.paint(broken, null));
  await assert.rejects(painter.paint(frameOf(jointsOf(STANDING)), null));
  await painter.close();
});
