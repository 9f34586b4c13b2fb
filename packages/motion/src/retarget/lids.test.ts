import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFaceTopology } from '../detect/face-topology.ts';
import { EYE_RIMS, EYE_SIDES } from '../model/eyes.ts';
import type { Face } from '../model/pose.ts';
import { eyesFace } from '../testing/drawn-eyes.ts';
import { type FaceMeasures, measureFace } from './faces.ts';
import { openLids, placeLids, readLids } from './lids.ts';

/** Triangles of skin between the lids and the ring around them. */
function lidTriangles(): number[][] {
  const points = new Set(EYE_SIDES.flatMap((side) => Object.values(EYE_RIMS[side]).flat()));
  const { triangles } = readFaceTopology();
  const all = Array.from({ length: triangles.length / 3 }, (_, i) => [
    ...triangles.subarray(i * 3, i * 3 + 3),
  ]);
  return all.filter((corners) => corners.every((point) => points.has(point)));
}

function area(face: Face, [a, b, c]: readonly number[]): number {
  const x = (point: number) => face[point * 3]!;
  const y = (point: number) => face[point * 3 + 1]!;
  return (x(b!) - x(a!)) * (y(c!) - y(a!)) - (y(b!) - y(a!)) * (x(c!) - x(a!));
}

test('no lid folds on the way from wide open to shut', () => {
  const face = eyesFace();
  const triangles = lidTriangles();
  assert.ok(triangles.length > 20);
  for (const opening of [0, 0.1, 0.3, 0.6, 0.9, 1.2, 1.45, 9]) {
    const target = Float32Array.from(face);
    placeLids(target, face, { right: opening, left: opening });
    for (const corners of triangles) {
      const before = area(face, corners);
      assert.ok(before * area(target, corners) > 0 || Math.abs(before) < 1, String(corners));
    }
  }
});

test('shut lids meet near the lower rim and never cross', () => {
  const face = eyesFace();
  const target = Float32Array.from(face);
  placeLids(target, face, { right: 0, left: 0 });
  for (const side of EYE_SIDES) {
    const { upper, lower } = EYE_RIMS[side];
    for (let i = 1; i < 8; i += 1) {
      const gap = target[lower[i]! * 3 + 1]! - target[upper[i]! * 3 + 1]!;
      assert.ok(gap > 0 && gap < 0.5, String(gap));
      assert.ok(target[upper[i]! * 3 + 1]! > face[upper[i]! * 3 + 1]!);
    }
  }
});

test('lids at their usual opening stay as the picture has them', () => {
  const face = eyesFace();
  const target = Float32Array.from(face);
  placeLids(target, face, { right: 1, left: 1 });
  assert.deepEqual(target, face);
});

test('what is measured of shut eyes, which is the height of their lashes, shuts them', () => {
  assert.equal(openLids(0.06, 0.4), 0);
  assert.equal(openLids(0.4, 0.4), 1);
  assert.ok(openLids(0.2, 0.4) > 0.3 && openLids(0.2, 0.4) < 0.5);
  assert.ok(openLids(0.5, 0.4) > 1.2);
  for (let now = 0; now < 1; now += 0.01) {
    assert.ok(openLids(now + 0.01, 0.4) >= openLids(now, 0.4));
  }
});

test('eyes that are narrow by nature close, but are not taken for shut', () => {
  assert.equal(openLids(0.03, 0.12), 0);
  assert.ok(openLids(0.1, 0.12) > 0.6);
});

test('the lids of the character follow those of a driver who blinks', () => {
  const openings = Array.from({ length: 60 }, (_, i) => {
    const blink = i % 20 === 10 ? 0.2 : i % 20 === 9 || i % 20 === 11 ? 0.55 : 1;
    return 0.32 * blink * (1 + 0.04 * Math.sin(i));
  });
  const measures = openings.map(
    (opening): FaceMeasures => ({
      width: 150,
      height: 200,
      eyes: 100,
      leftEyeOpening: opening,
      rightEyeOpening: opening,
      mouthOpening: 0,
      mouthWidth: 0.5,
    }),
  );
  const face = eyesFace();
  const followed = readLids(measures).map((lids) => {
    const target = Float32Array.from(face);
    placeLids(target, face, lids);
    return measureFace(target).leftEyeOpening / measureFace(face).leftEyeOpening;
  });
  assert.ok(followed[10]! < 0.1 && followed[9]! < 0.6 && followed[5]! > 0.9, String(followed));
  assert.ok(correlate(openings, followed) > 0.95);
});

function correlate(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((x, y) => x + y, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  const product = mean(a.map((value, i) => (value - ma) * (b[i]! - mb)));
  const spread = (values: readonly number[], m: number) =>
    Math.sqrt(mean(values.map((value) => (value - m) ** 2)));
  return product / (spread(a, ma) * spread(b, mb));
}
