import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRgb } from '../../model/rgb.ts';
import { refineMatte } from './refine-matte.ts';

const WIDTH = 160;
const HEIGHT = 240;
const WALL = [192, 191, 188] as const;
const SHADED_WALL = [168, 165, 160] as const;
const SKIN = [120, 80, 60] as const;
const CLOTH = [30, 60, 120] as const;

const isArm = (x: number, y: number): boolean => x >= 50 && x < 66 && y >= 40 && y < 170;
const isTrunk = (x: number, y: number): boolean => x >= 70 && x < 120 && y >= 20 && y < 220;
const isGap = (x: number, y: number): boolean => x >= 66 && x < 70 && y >= 40 && y < 170;
/** Fingers that the model missed, right above the end of the gap. */
const isMissed = (x: number, y: number): boolean => x >= 56 && x < 70 && y >= 170 && y < 184;

/** A hand whose fingers are missing in the matte, below a narrow gap in which the wall is dark. */
function refine(gapAlpha: (y: number) => number, unrest = 0): Float32Array {
  const rgb = createRgb(WIDTH, HEIGHT);
  const alpha = new Float32Array(WIDTH * HEIGHT);
  const gaps = new Uint8Array(WIDTH * HEIGHT);
  const core = new Uint8Array(WIDTH * HEIGHT);
  for (let i = 0; i < alpha.length; i++) {
    const x = i % WIDTH;
    const y = Math.floor(i / WIDTH);
    const isSkin = isArm(x, y) || isMissed(x, y);
    const colour = isSkin ? SKIN : isTrunk(x, y) ? CLOTH : isGap(x, y) ? SHADED_WALL : WALL;
    const light = isGap(x, y) ? unrest * (y % 2) : 0;
    for (let c = 0; c < 3; c++) rgb.channels[c]![i] = colour[c]! + light;
    alpha[i] = isArm(x, y) || isTrunk(x, y) ? 1 : isGap(x, y) ? gapAlpha(y) : 0;
    gaps[i] = x >= 45 && x < 85 && y >= 40 && y < 200 ? 1 : 0;
    core[i] = (x === 58 && y < 165 && y > 45) || x === 96 ? 1 : 0;
  }
  const none = new Uint8Array(WIDTH * HEIGHT);
  return refineMatte({
    rgb,
    alpha,
    discs: [{ x: 62, y: 168, radius: 40 }],
    hair: { x: 96, y: 0, radius: 1 },
    gaps,
    pockets: none,
    ends: none,
    core,
    dilation: 24,
    factor: 1,
  });
}

test('fingers that are added do not close the gap beside their arm', () => {
  const refined = refine(() => 0);
  assert.ok(refined[178 * WIDTH + 62]! > 0.8, 'the fingers');
  for (let y = 140; y < 164; y += 4) {
    const alpha = refined[y * WIDTH + 67]!;
    assert.ok(alpha < 0.1, `row ${y} of the gap has ${alpha.toFixed(2)}`);
  }
});

test('a narrow gap is opened along all of its length, however its shadows change', () => {
  const refined = refine((y) => (y < 110 ? 1 : 0), 8);
  for (let y = 90; y < 160; y += 10) {
    const alpha = refined[y * WIDTH + 68]!;
    assert.ok(alpha < 0.1, `row ${y} of the gap has ${alpha.toFixed(2)}`);
  }
  assert.ok(refined[100 * WIDTH + 58]! > 0.9 && refined[100 * WIDTH + 76]! > 0.9);
});
