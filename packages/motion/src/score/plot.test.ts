import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { compareMotions } from './compare-motions.ts';
import { drawScorePlot, writeScorePlot } from './plot.ts';
import { act } from './testing/acted-motion.ts';

const score = compareMotions(act(), act({ lag: 0.1 }));

test('the plot needs no font and holds only finite numbers', () => {
  const svg = drawScorePlot(score);
  assert.doesNotMatch(svg, /<text|NaN|Infinity|undefined/);
  assert.match(svg, /^<svg [\s\S]*<\/svg>$/);
});

test('a plot of nothing measured can be drawn too', () => {
  const nobody = compareMotions(act(), { ...act(), frames: [] });
  assert.doesNotMatch(drawScorePlot(nobody), /NaN|Infinity|undefined/);
});

test('the ending of the file decides between PNG and SVG', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-plot-'));
  try {
    await writeScorePlot(score, join(folder, 'a.png'));
    await writeScorePlot(score, join(folder, 'a.svg'));
    assert.equal((await sharp(join(folder, 'a.png')).metadata()).format, 'png');
    assert.match(await readFile(join(folder, 'a.svg'), 'utf8'), /^<svg/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
