import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Character } from '../model/character.ts';
import type { RgbaImage } from '../model/image.ts';
import {
  FIGURE_HEIGHT,
  FIGURE_WIDTH,
  frameOf,
  jointsOf,
  STANDING,
  shifted,
  stickFigure,
} from '../testing/stick-figure.ts';
import { createCastShadow } from './cast-shadow.ts';
import { createRenderer } from './renderer.ts';

/** Middle of the shadow, beside the trunk. */
const SHADOW = { x: 72, y: 155, wide: 26, tall: 80, depth: 0.2 } as const;

/** A wall that is brighter to the right; `noise` makes it rough, `depth` is that of the shadow. */
function paintWall(depth: number, noise = 0): RgbaImage {
  const data = new Uint8Array(FIGURE_WIDTH * FIGURE_HEIGHT * 4).fill(255);
  for (let i = 0; i < FIGURE_WIDTH * FIGURE_HEIGHT; i++) {
    const [x, y] = [i % FIGURE_WIDTH, Math.floor(i / FIGURE_WIDTH)];
    const r = ((x - SHADOW.x) / SHADOW.wide) ** 2 + ((y - SHADOW.y) / SHADOW.tall) ** 2;
    const shade = 1 - depth * Math.max(0, 1 - r);
    const rough = noise * ((Math.floor(x / 8) + Math.floor(y / 8)) % 2);
    data.fill(Math.round((190 + x / 8 - rough) * shade), i * 4, i * 4 + 3);
  }
  return { width: FIGURE_WIDTH, height: FIGURE_HEIGHT, data };
}

function standBefore(plate: RgbaImage): Character {
  return { ...stickFigure(), plate };
}

function hasShadow(plate: RgbaImage): boolean {
  return createCastShadow(standBefore(plate)) !== null;
}

function lightAt({ data, width }: RgbaImage, x: number, y: number): number {
  return data[(y * width + x) * 4 + 1]!;
}

test('the shadow on a wall goes where the figure goes', () => {
  const character = standBefore(paintWall(SHADOW.depth));
  const renderer = createRenderer(character);
  const bare = paintWall(0);
  const still = renderer.renderFrame(frameOf(character.joints));
  for (const x of [40, 50, 66, 76]) {
    const before = lightAt(character.plate, x, SHADOW.y);
    assert.ok(Math.abs(lightAt(still, x, SHADOW.y) - before) <= 3, `at ${x} in the bind pose`);
  }
  const moved = renderer.renderFrame(frameOf(jointsOf(shifted(STANDING, 40, 0))));
  const there = SHADOW.x + 40;
  assert.ok(lightAt(bare, there, SHADOW.y) - lightAt(moved, there, SHADOW.y) > 25, 'it comes');
  const here = SHADOW.x - 6;
  assert.ok(lightAt(bare, here, SHADOW.y) - lightAt(moved, here, SHADOW.y) < 4, 'none stays');
});

test('a figure that crouches takes its shadow down', () => {
  const character = standBefore(paintWall(SHADOW.depth));
  const low = Object.fromEntries(
    Object.entries(STANDING).map(([joint, [x, y]]) => {
      const goesDown = !/Ankle|Foot|Knee/.test(joint);
      return [joint, [x, goesDown ? y + 60 : y]];
    }),
  ) as unknown as typeof STANDING;
  const image = createRenderer(character).renderFrame(frameOf(jointsOf(low)));
  const [x, y] = [SHADOW.x - 2, SHADOW.y - 60];
  assert.ok(lightAt(paintWall(0), x, y) - lightAt(character.plate, x, y) > 10);
  assert.ok(Math.abs(lightAt(paintWall(0), x, y) - lightAt(image, x, y)) < 4);
});

test('a dark door beside the figure stays where it is', () => {
  const plate = paintWall(0);
  for (let y = 60; y < 320; y++) {
    const row = (y * FIGURE_WIDTH + 40) * 4;
    for (let i = row; i < row + 35 * 4; i++) if (i % 4 !== 3) plate.data[i]! *= 0.9;
  }
  assert.ok(!hasShadow(plate));
});

test('a wall without a shadow, and one whose pattern could be one, stay as they are', () => {
  assert.ok(!hasShadow(paintWall(0)));
  assert.ok(!hasShadow(paintWall(0, 24)));
  assert.ok(!hasShadow(paintWall(SHADOW.depth, 24)));
  assert.ok(hasShadow(paintWall(SHADOW.depth)));
});
