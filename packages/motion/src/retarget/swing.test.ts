import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BONES, type Character, INFLUENCES_MAX } from '../model/character.ts';
import { jointAt } from '../model/joints.ts';
import { applySway, findSway } from '../model/sway.ts';
import { motionOf, STANDING, shifted, stickFigure } from '../testing/stick-figure.ts';
import { retarget } from './retarget.ts';
import { swingOnce } from './swing.ts';

const IMAGE = { orientation: 'image' } as const;

/** The figure in a skirt: a grid of cloth that hangs from its torso to below the knees. */
function inSkirt(): Character {
  const figure = stickFigure();
  const positions: number[] = [];
  for (let row = 0; row < 12; row += 1) {
    for (let column = 0; column < 10; column += 1) {
      positions.push(80 + column * 9, 195 + row * 8);
    }
  }
  const count = positions.length / 2;
  const boneWeights = new Float32Array(count * INFLUENCES_MAX);
  for (let vertex = 0; vertex < count; vertex += 1) boneWeights[vertex * INFLUENCES_MAX] = 1;
  const mesh = {
    positions: Float32Array.from(positions),
    triangles: new Uint32Array(),
    boneIndices: new Uint8Array(count * INFLUENCES_MAX).fill(BONES.indexOf('torso')),
    boneWeights,
  };
  return { ...figure, layers: [{ ...figure.layers[0]!, mesh }] };
}

/** Stands, goes aside within a third of a second, stands. */
const aside = (fps: number, seconds: number): number[] =>
  Array.from({ length: Math.round(fps * seconds) }, (_, i) =>
    Math.min(Math.max((i / fps - 1) * 90, 0), 30),
  );

for (const fps of [5, 25, 60]) {
  test(`what swings stays near and comes to rest at ${fps} frames a second`, () => {
    const away = swingOnce(Float64Array.from(aside(fps, 5)), fps, 1);
    const most = Math.max(...away.map(Math.abs));
    assert.ok(most > 3 && most < 60, `${most} px`);
    for (const value of away.slice(Math.round(4 * fps))) assert.ok(Math.abs(value) < 1);
  });
}

test('what swings lags behind first, and is at rest while nothing moves', () => {
  const away = swingOnce(Float64Array.from(aside(25, 3)), 25, 1);
  assert.ok(away.slice(0, 25).every((value) => value === 0));
  assert.ok(away[28]! < -2);
});

test('cloth held firmly swings less', () => {
  const path = Float64Array.from(aside(25, 3));
  const reach = (share: number): number =>
    Math.max(...swingOnce(path, 25, share).map((value) => Math.abs(share * value)));
  assert.ok(reach(0.5) < 0.6 * reach(1), `${reach(0.5)} ${reach(1)}`);
});

test('a skirt swings at its hem, not at its waist, and never far', () => {
  const character = inSkirt();
  const motion = motionOf(aside(25, 3).map((x) => shifted(STANDING, x, 0)));
  const layer = findSway(character)![0]!;
  const still = character.layers[0]!.mesh.positions;
  let [hem, waist] = [0, 0];
  for (const { sway } of retarget(character, motion, IMAGE).frames) {
    const places = Float32Array.from(still);
    applySway(layer, sway!, places);
    waist = Math.max(waist, Math.abs(places[0]! - still[0]!));
    hem = Math.max(hem, Math.abs(places.at(-2)! - still.at(-2)!));
  }
  const spine = jointAt(character.joints, 'pelvis').y - jointAt(character.joints, 'neck').y;
  assert.ok(hem > 2 && hem < 0.17 * spine, `the hem swings ${hem} px`);
  assert.ok(waist < hem / 4, `the waist swings ${waist} px`);
});

test('nothing swings on a figure in trousers', () => {
  assert.equal(findSway(stickFigure()), null);
  const frames = aside(25, 2).map((x) => shifted(STANDING, x, 0));
  const { sway } = retarget(stickFigure(), motionOf(frames), IMAGE).frames[30]!;
  assert.equal(sway, undefined);
});

test('a cut of the clip does not set cloth swinging', () => {
  const frames = Array.from({ length: 40 }, (_, i) => shifted(STANDING, i < 20 ? 0 : 60, 0));
  const motion = { ...motionOf(frames), cuts: [20] };
  for (const { sway } of retarget(inSkirt(), motion, IMAGE).frames) {
    for (const value of sway!) assert.ok(Math.abs(value) < 0.5);
  }
});
