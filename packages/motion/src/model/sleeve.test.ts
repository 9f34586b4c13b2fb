import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inWideSleeve, turnForearm } from '../testing/wide-sleeve.ts';
import { aimSleeve, applySleeve, findSleeves } from './sleeve.ts';

const character = inWideSleeve();
const [cloth] = findSleeves(character);
const bind = character.layers[0]!.mesh.positions;

/** Where the cloth is when the forearm is turned by some degrees, clockwise, about its elbow. */
function place(degrees: number, over: number): Float32Array {
  const joints = turnForearm(character.joints, degrees);
  const out = Float32Array.from(bind);
  applySleeve(cloth!, bind, joints, aimSleeve(cloth!.sleeve, joints, over), 1, out);
  return out;
}

/** Mean way of the freely hanging vertices from the middle of the forearm. */
function hemOf(out: Float32Array, degrees: number): { x: number; y: number } {
  const joints = turnForearm(character.joints, degrees);
  const free = Array.from(cloth!.vertices).filter((_, i) => cloth!.shares[i]! > 0.5);
  assert.ok(free.length > 5, `${free.length} vertices hang freely`);
  const mean = (axis: number): number =>
    free.reduce((sum, vertex) => sum + out[vertex * 2 + axis]!, 0) / free.length;
  const middle = (axis: number): number => (joints[8 + axis]! + joints[10 + axis]!) / 2;
  return { x: mean(0) - middle(0), y: mean(1) - middle(1) };
}

test('in the pose of the picture a sleeve is as in the picture', () => {
  const out = place(0, 1);
  for (const [i, value] of out.entries()) assert.ok(Math.abs(value - bind[i]!) < 0.01, `${i}`);
});

test('cloth hangs down from a forearm that turns', () => {
  for (const degrees of [-60, -30, 30]) {
    const { y } = hemOf(place(degrees, 1), degrees);
    assert.ok(y > 20, `${degrees} degrees: ${y} px`);
  }
});

test('a sleeve hangs no more than half loosely: its cloth is stiff, too', () => {
  assert.ok(Math.max(...cloth!.shares) <= 0.65, `${Math.max(...cloth!.shares)}`);
});

test('turned over, cloth hangs below a forearm that has swung to the other side', () => {
  assert.ok(hemOf(place(180, 1), 180).y < 0);
  assert.ok(hemOf(place(180, -1), 180).y > 20);
});

test('a forearm that points at the camera does not flatten its sleeve', () => {
  const joints = Float32Array.from(character.joints);
  // The wrist comes nearly to the elbow.
  for (const axis of [0, 1]) joints[10 + axis] = 0.9 * joints[8 + axis]! + 0.1 * joints[10 + axis]!;
  const out = Float32Array.from(bind);
  applySleeve(cloth!, bind, joints, aimSleeve(cloth!.sleeve, joints, 1), 1, out);
  const wide = (values: Float32Array): number => {
    const free = Array.from(cloth!.vertices).filter((_, i) => cloth!.shares[i]! > 0.5);
    const xs = free.map((vertex) => values[vertex * 2]!);
    return Math.max(...xs) - Math.min(...xs);
  };
  assert.ok(wide(out) > 0.6 * wide(bind), `${wide(out)} of ${wide(bind)}`);
});

test('a sleeve that is as wide on both sides goes with its arm', () => {
  const [stiff] = findSleeves(inWideSleeve({ isEven: true }));
  assert.equal(stiff?.vertices.length, 0);
});

test('who wears no wide sleeves has no cloth that hangs', () => {
  const { wideSleeves: _, ...narrow } = character;
  assert.deepEqual(findSleeves(narrow), []);
});

test('a sleeve that is cut in two pieces does not hang, it goes with its bones', () => {
  const [arm, ...others] = character.layers;
  const layers = [arm!, { ...arm!, name: 'leftForearm' as const }, ...others];
  assert.deepEqual(findSleeves({ ...character, layers }), []);
});
