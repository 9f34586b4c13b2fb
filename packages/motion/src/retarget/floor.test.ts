import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jointsOf, type Places, STANDING } from '../testing/stick-figure.ts';
import { findFloor } from './floor.ts';

const FPS = 30;

/** A second of the standing figure before and after `drops`, which move it down by pixels. */
function moveDown(drops: readonly number[]): Float32Array[] {
  const still = new Array<number>(FPS).fill(0);
  return [...still, ...drops, ...still.fill(drops.at(-1)!)].map((drop) => {
    const places = Object.entries(STANDING).map(([name, [x, y]]) => [name, [x, y + drop]]);
    return jointsOf(Object.fromEntries(places) as Places);
  });
}

const bind = jointsOf(STANDING);

test('the floor stays where it is while both feet leave it for a jump', () => {
  const jump = Array.from({ length: 15 }, (_, i) => -60 * Math.sin((i / 14) * Math.PI));
  const floor = findFloor(bind, moveDown(jump), FPS);
  assert.ok(
    floor.every((drop) => Math.abs(drop) < 1),
    `${Math.min(...floor)} to ${Math.max(...floor)}`,
  );
});

test('the floor goes along with who walks to the camera, and never above a foot', () => {
  const walk = Array.from({ length: 90 }, (_, i) => (i + 1) / 3);
  const frames = moveDown(walk);
  const floor = findFloor(bind, frames, FPS);
  const drops = frames.map((joints) => joints[3]! - bind[3]!);
  for (const [i, drop] of drops.entries()) {
    assert.ok(floor[i]! >= drop - 1e-3, `frame ${i}: ${floor[i]} above ${drop}`);
    assert.ok(floor[i]! < drop + 8, `frame ${i}: ${floor[i]} below ${drop}`);
  }
});
