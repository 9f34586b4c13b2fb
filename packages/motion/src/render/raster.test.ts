import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawTriangles, keepTogether, type Surface } from './raster.ts';

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

/** Two mixings along the row and one between the rows, each rounded, then over what is there. */
function shadeSlowly(texture: Surface, x: number, y: number, under: number): number {
  const at = (column: number, row: number, shift: number): number => {
    const inside = (place: number, side: number): number => Math.min(Math.max(place, 0), side - 1);
    const index = inside(row, texture.height) * texture.width + inside(column, texture.width);
    return (texture.pixels[index]! >>> shift) & 0xff;
  };
  const mix = (a: number, b: number, share: number): number =>
    (a * (256 - share) + b * share + 128) >> 8;
  const [column, row] = [Math.floor(x), Math.floor(y)];
  const [fx, fy] = [Math.floor((x - column) * 256), Math.floor((y - row) * 256)];
  const [red, green, blue, alpha] = [0, 8, 16, 24].map((shift) => {
    const upper = mix(at(column, row, shift), at(column + 1, row, shift), fx);
    return mix(upper, mix(at(column, row + 1, shift), at(column + 1, row + 1, shift), fx), fy);
  });
  const share = alpha! + (alpha! >> 7);
  const over = [red!, green!, blue!].map((level, i) =>
    alpha === 255 ? level : mix((under >>> (8 * i)) & 0xff, level, share),
  );
  return alpha === 0 ? under : over[0]! | (over[1]! << 8) | (over[2]! << 16) | (255 << 24);
}

/** Clear, half clear and opaque pixels of all colours. */
function speckled(width: number, height: number): Surface {
  const pixels = new Int32Array(width * height);
  for (const i of pixels.keys()) {
    const alpha = [0, 90, 200, 255, 255][Math.floor(i / 3) % 5]!;
    pixels[i] = (Math.imul(i + 1, 2654435761) & 0xffffff) | (alpha << 24);
  }
  return { width, height, pixels };
}

test('each pixel is mixed of four by whole levels, to the edges of the texture and beyond', () => {
  const texture = speckled(19, 23);
  const canvas = blank(0xff204060 | 0);
  const [scale, left, top] = [0.5, 3, 2];
  // A square whose source reaches beyond the texture on all sides.
  const corners = [0, 0, SIZE, 0, 0, SIZE, SIZE, SIZE];
  const source = Float32Array.from(corners, (value, i) => value * scale - (i % 2 ? top : left));
  const triangles = Uint16Array.of(0, 1, 2, 1, 3, 2);
  const run = { texture, textureX: 0, textureY: 0, source, triangles, firstTriangle: 0 };
  drawTriangles(canvas, { ...run, target: Float32Array.from(corners), triangleCount: 2 }, 'over');
  for (const [i, pixel] of canvas.pixels.entries()) {
    const x = ((i % SIZE) + 0.5) * scale - left - 0.5;
    const y = (Math.floor(i / SIZE) + 0.5) * scale - top - 0.5;
    const inside = (place: number, side: number) => Math.min(Math.max(place, 0), side - 1);
    const expected = shadeSlowly(texture, inside(x, 19), inside(y, 23), 0xff204060);
    assert.equal(pixel >>> 0, expected >>> 0, `at ${i % SIZE}, ${Math.floor(i / SIZE)}`);
  }
});

test('where surfaces are kept changes nothing of what is drawn', () => {
  const { places, triangles } = shakenGrid(7);
  const texture = speckled(SIZE, SIZE);
  const target = places.map((value, i) => value * 0.8 + (i % 2 ? 20 : -9));
  const mesh = { textureX: 0, textureY: 0, source: places, target, triangles };
  const all = { ...mesh, firstTriangle: 0, triangleCount: triangles.length / 3 };
  for (const mode of ['over', 'replace'] as const) {
    const loose = blank(0xff808080 | 0);
    drawTriangles(loose, { ...all, texture }, mode);
    const [canvas, beside] = keepTogether([blank(0xff808080 | 0), texture]);
    drawTriangles(canvas!, { ...all, texture: beside! }, mode);
    assert.deepEqual(canvas!.pixels, loose.pixels);
    const far = blank(0xff808080 | 0);
    drawTriangles(far, { ...all, texture: beside! }, mode);
    assert.deepEqual(far.pixels, loose.pixels);
    const [own] = keepTogether([blank(0xff808080 | 0)]);
    drawTriangles(own!, { ...all, texture }, mode);
    assert.deepEqual(own!.pixels, loose.pixels);
  }
});

test('a splinter with a wild map reads nothing outside of its texture', () => {
  const texture = blank(-1);
  const source = Float32Array.of(1, 1, 60, 60, 1, 60);
  const target = Float32Array.of(0, 10.5, 64, 10.5 + 1e-6, 32, 10.5 + 2e-6);
  const run = { texture, textureX: 0, textureY: 0, source, target, firstTriangle: 0 };
  const canvas = blank(0xff000000 | 0);
  drawTriangles(canvas, { ...run, triangles: Uint16Array.of(0, 1, 2), triangleCount: 1 }, 'over');
  for (const pixel of canvas.pixels) assert.ok(pixel === -1 || pixel === (0xff000000 | 0));
});
