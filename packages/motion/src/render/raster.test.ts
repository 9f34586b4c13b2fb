import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawTriangles, type Surface } from './raster.ts';

const SIZE = 64;

function blank(pixel: number): Surface {
  return { width: SIZE, height: SIZE, pixels: new Int32Array(SIZE * SIZE).fill(pixel) };
}

/** A grid of triangles whose inner vertices are pushed about by a small fixed generator. */
function shakenGrid(cells: number): { places: Float32Array; triangles: Uint16Array } {
  let seed = 7;
  const random = (): number => {
    seed = (seed * 16807) % 2147483647;
    return seed / 2147483647 - 0.5;
  };
  const places: number[] = [];
  const triangles: number[] = [];
  const step = SIZE / cells;
  for (let row = 0; row <= cells; row += 1) {
    for (let column = 0; column <= cells; column += 1) {
      const inner = row > 0 && column > 0 && row < cells && column < cells ? 0.6 : 0;
      places.push(column * step + inner * step * random(), row * step + inner * step * random());
    }
  }
  for (let row = 0; row < cells; row += 1) {
    for (let column = 0; column < cells; column += 1) {
      const at = row * (cells + 1) + column;
      triangles.push(at, at + 1, at + cells + 1, at + 1, at + cells + 2, at + cells + 1);
    }
  }
  return { places: Float32Array.from(places), triangles: Uint16Array.from(triangles) };
}

test('a mesh draws each pixel that it covers exactly once', () => {
  const { places, triangles } = shakenGrid(9);
  const drawn = new Uint8Array(SIZE * SIZE);
  for (let i = 0; i < triangles.length / 3; i += 1) {
    const canvas = blank(0);
    const run = { textureX: 0, textureY: 0, source: places, target: places, triangles };
    const texture = blank(-1);
    drawTriangles(canvas, { ...run, texture, firstTriangle: i, triangleCount: 1 }, 'replace');
    for (const [pixel, value] of canvas.pixels.entries()) if (value !== 0) drawn[pixel]! += 1;
  }
  assert.equal(Math.min(...drawn), 1, 'no hole');
  assert.equal(Math.max(...drawn), 1, 'nothing twice');
});

test('a mesh that does not move reproduces its texture bit by bit', () => {
  const { places, triangles } = shakenGrid(9);
  const texture = blank(0);
  for (const i of texture.pixels.keys()) texture.pixels[i] = Math.imul(i, 2654435761) | 0xff000000;
  const canvas = blank(0);
  const run = { texture, textureX: 0, textureY: 0, source: places, target: places, triangles };
  drawTriangles(canvas, { ...run, firstTriangle: 0, triangleCount: triangles.length / 3 }, 'over');
  let worst = 0;
  for (const [i, pixel] of canvas.pixels.entries()) {
    for (const shift of [0, 8, 16]) {
      const apart = ((pixel >>> shift) & 0xff) - ((texture.pixels[i]! >>> shift) & 0xff);
      worst = Math.max(worst, Math.abs(apart));
    }
  }
  assert.ok(worst <= 1, `a channel is off by ${worst}`);
});

test('half alpha mixes texture and canvas evenly and keeps the canvas opaque', () => {
  const { places, triangles } = shakenGrid(2);
  const canvas = blank(0xff000000 | 0);
  const texture = blank((128 << 24) | 0xc8c8c8);
  const run = { texture, textureX: 0, textureY: 0, source: places, target: places, triangles };
  drawTriangles(canvas, { ...run, firstTriangle: 0, triangleCount: triangles.length / 3 }, 'over');
  const pixel = canvas.pixels[SIZE * 20 + 20]!;
  assert.equal(pixel >>> 24, 255);
  assert.ok(Math.abs((pixel & 0xff) - 100) <= 1, `red is ${pixel & 0xff}`);
});

test('triangles beyond the canvas are cut at its borders', () => {
  const canvas = blank(0);
  const target = Float32Array.of(-500, -500, 900, -400, 100, 800);
  const texture = blank(-1);
  const triangles = Uint16Array.of(0, 1, 2);
  const run = { texture, textureX: 0, textureY: 0, source: target, target, triangles };
  drawTriangles(canvas, { ...run, firstTriangle: 0, triangleCount: 1 }, 'replace');
  assert.ok(canvas.pixels.every((pixel) => pixel === -1));
});
