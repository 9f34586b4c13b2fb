import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inWideSleeve, turnForearm } from '../testing/wide-sleeve.ts';
import { hangSleeves } from './sleeves.ts';

const character = inWideSleeve();
const turned = (degrees: number): Float32Array => turnForearm(character.joints, degrees);
const hangsOf = (degrees: readonly number[], fps = 25) =>
  hangSleeves(character, degrees.map(turned), { fps, cuts: [] })!.map(({ left }) => left!);

test('a sleeve at rest hangs as in the picture', () => {
  for (const { x, y } of hangsOf([0, 0, 0, 0])) {
    assert.ok(Math.abs(x) < 1e-6 && Math.abs(y - 1) < 1e-6, `${x} ${y}`);
  }
});

test('cloth swings on after the forearm has stopped, and comes to rest', () => {
  const still = Array.from({ length: 100 }, () => -60);
  const hangs = hangsOf([...Array.from({ length: 10 }, () => 0), -20, -40, ...still]);
  const end = hangs[hangs.length - 1]!;
  const away = hangs.slice(12).map(({ x, y }) => Math.hypot(x - end.x, y - end.y));
  assert.ok(Math.max(...away) > 0.1, `${Math.max(...away)}`);
  assert.ok(Math.max(...away.slice(60)) < 0.01);
});

test('a forearm that trembles about the vertical does not make its sleeve flutter', () => {
  const trembling = Array.from({ length: 60 }, (_, i) => 90 + (i % 2 === 0 ? 4 : -4));
  const sides = hangsOf(trembling).map(({ x }) => Math.sign(x));
  assert.equal(new Set(sides).size, 1);
});

test('cloth turns over once when the forearm swings through', () => {
  const swung = Array.from({ length: 60 }, (_, i) => 3 * i);
  const hangs = hangsOf(swung);
  const ends = hangs.slice(-5).map(({ y }) => y);
  assert.ok(Math.min(...ends) > 0.5, `${ends}`);
});

test('at few frames a second nothing swings', () => {
  const hangs = hangsOf([0, 0, 0, -60, -60, -60], 3);
  assert.deepEqual(hangs[3], hangs[5]);
});

test('a cut begins another swing', () => {
  const frames = [0, 0, 0, -60, -60, -60].map(turned);
  const hangs = hangSleeves(character, frames, { fps: 25, cuts: [3] })!.map(({ left }) => left!);
  assert.deepEqual(hangs[3], hangs[5]);
});
