import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EYE_RIMS } from '../model/eyes.ts';
import type { Face } from '../model/pose.ts';
import { eyesFace } from '../testing/drawn-eyes.ts';
import { compareFaces } from './compare-faces.ts';

const MOMENTS = 60;

/** How far open the eyes are: wide and narrow by turns, with three blinks. */
function opennessAt(moment: number): number {
  if (moment % 20 === 12) return 0.1;
  return 1 + 0.3 * Math.sin(moment / 3);
}

/** Faces whose lids do this, on a head that does not move. */
function act(openness: (moment: number) => number): Face[] {
  return Array.from({ length: MOMENTS }, (_, moment) => {
    const face = eyesFace(openness(moment));
    // Forehead, temples and nose make the head that the eyes are in.
    for (const [point, x, y, z] of [
      [10, 140, 0, 0],
      [151, 140, 40, -8],
      [195, 140, 130, -40],
      [197, 140, 120, -30],
      [234, 20, 120, 60],
      [454, 260, 120, 60],
      [127, 25, 100, 50],
      [356, 255, 100, 50],
    ] as const) {
      face.set([x, y, z], point * 3);
    }
    return face;
  });
}

function compare(result: readonly Face[]) {
  const reference = act(opennessAt);
  return compareFaces(reference.map((face, i) => ({ reference: face, result: result[i]! })));
}

test('lids that do the same agree', () => {
  const { expression, expressionGain } = compare(act(opennessAt));
  assert.ok(expression.leftLid! > 0.999 && expression.rightLid! > 0.999);
  assert.ok(Math.abs(expressionGain! - 1) < 1e-6);
});

test('lids that follow a moment later agree less, the later the less', () => {
  const found = [0, 1, 2].map(
    (lag) => compare(act((i) => opennessAt(i - lag))).expression.leftLid!,
  );
  assert.ok(found[0]! - found[1]! > 0.1 && found[1]! - found[2]! > 0.03, String(found));
});

test('a frozen lid is told from the other one, which follows', () => {
  const still = eyesFace(1);
  const faces = act(opennessAt);
  for (const face of faces) {
    for (const point of [...EYE_RIMS.left.upper, ...EYE_RIMS.left.lower]) {
      face.set(still.subarray(point * 3, point * 3 + 3), point * 3);
    }
  }
  const { expression } = compare(faces);
  assert.equal(expression.leftLid, 0);
  assert.ok(expression.rightLid! > 0.999);
});

test('half of the movement halves the gain', () => {
  const { expressionGain } = compare(act((i) => 1 + 0.5 * (opennessAt(i) - 1)));
  assert.ok(Math.abs(expressionGain! - 0.5) < 0.01, String(expressionGain));
});

test('the lids of an eye that is hidden are left out, however they move, and no other signal', () => {
  const reference = act(opennessAt);
  const result = act((i) => opennessAt(i + 7));
  const pairs = reference.map((face, i) => ({ reference: face, result: result[i]! }));
  const seen = compareFaces(pairs).expression;
  const { expression } = compareFaces(pairs, ['left']);
  assert.ok(seen.leftLid !== null);
  assert.deepEqual(expression, { ...seen, leftLid: null });
});

test('lids that seem to open as the head turns are at rest, blinking ones are not', () => {
  const turned = (openness: (moment: number) => number): Face[] =>
    act(openness).map((face, moment) => turn(face, 0.4 + 0.35 * Math.sin(moment / 9)));
  const follow = (openness: (moment: number) => number) => {
    const faces = turned(openness);
    return compareFaces(faces.map((face) => ({ reference: face, result: face }))).expression;
  };
  const { leftLid, rightLid, yaw } = follow(() => 2);
  assert.deepEqual([leftLid, rightLid], [null, null]);
  assert.ok(yaw! > 0.999);
  assert.ok(follow(opennessAt).leftLid! > 0.999);
});

/** The face turned about the vertical by so many radians. */
function turn(face: Face, yaw: number): Face {
  const [cos, sin] = [Math.cos(yaw), Math.sin(yaw)];
  return face.map((value, i) => {
    const [x, z] = [face[i - (i % 3)]!, face[i - (i % 3) + 2]!];
    if (i % 3 === 0) return 140 + (x - 140) * cos + z * sin;
    return i % 3 === 2 ? z * cos - (x - 140) * sin : value;
  });
}
