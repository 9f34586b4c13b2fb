import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EYE_RIMS, EYE_SIDES, eyeFrame, rimHeight, toEye } from '../model/eyes.ts';
import { facePointAt } from '../model/landmarks.ts';
import { drawEyes, eyesFace } from '../testing/drawn-eyes.ts';
import { createEyes } from './eyes.ts';
import { surfaceOf } from './raster.ts';

const face = eyesFace();
const source = Float32Array.from(
  { length: 468 * 2 },
  (_, i) => face[Math.floor(i / 2) * 3 + (i % 2)]!,
);

function look(to: number, down = 0) {
  const own = surfaceOf(drawEyes(0));
  const eyes = createEyes(face, own, { ...own, pixels: own.pixels.slice() }, source);
  const shift = { from: 0, to, down, radius: 0.19, middle: 0 };
  eyes.look({ right: shift, left: shift });
  return { own, drawn: eyes.surface, eyes };
}

test('a gaze changes nothing outside of the rims of the eyes', () => {
  const { own, drawn } = look(0.25);
  const frames = EYE_SIDES.map((side) => {
    const frame = eyeFrame(face, side);
    const rim = (points: readonly number[]) =>
      points.map((point) => toEye(frame, facePointAt(face, point)));
    return { frame, upper: rim(EYE_RIMS[side].upper), lower: rim(EYE_RIMS[side].lower) };
  });
  let changed = 0;
  for (const [i, pixel] of drawn.pixels.entries()) {
    if (pixel === own.pixels[i]) continue;
    changed += 1;
    const x = (i % own.width) + 0.5;
    const y = Math.floor(i / own.width) + 0.5;
    const isInside = frames.some(({ frame, upper, lower }) => {
      const { x: u, y: v } = toEye(frame, { x, y });
      return Math.abs(u) < 0.5 && v > rimHeight(upper, u) && v < rimHeight(lower, u);
    });
    assert.ok(isInside, `${x}, ${y}`);
  }
  assert.ok(changed > 300, String(changed));
});

test('the iris is drawn where the gaze is, and put back afterwards', () => {
  const { own, drawn, eyes } = look(-0.2);
  const lightAt = (across: number) =>
    drawn.pixels[100 * own.width + Math.round(80 + across * 60)]! & 0xff;
  assert.ok(lightAt(-0.2) < 60 && lightAt(0.1) > 180, `${lightAt(-0.2)} ${lightAt(0.1)}`);
  eyes.look(null);
  assert.deepEqual(drawn.pixels, own.pixels);
});

test('an iris that has moved is seen once: only white is left where it was', () => {
  for (const to of [-0.28, 0.28]) {
    const { own, drawn } = look(to);
    const row = Array.from(
      { length: 50 },
      (_, x) => drawn.pixels[100 * own.width + 55 + x]! & 0xff,
    );
    const edges = row.filter((light, i) => i > 0 && light < 130 !== row[i - 1]! < 130).length;
    assert.ok(edges <= 2, `${to}: ${row.join(' ')}`);
  }
});

test('eyes look down, too', () => {
  const { own, drawn } = look(0, 0.1);
  const lightAt = (v: number): number =>
    drawn.pixels[Math.round(100 + v * 60) * own.width + 80]! & 0xff;
  assert.ok(lightAt(0.1) < 60 && lightAt(-0.11) > 150, `${lightAt(0.1)} ${lightAt(-0.11)}`);
});

test('a lid that comes down covers the eye and does not squeeze it', () => {
  const { eyes } = look(0);
  const target = Float32Array.from(source);
  const { upper } = EYE_RIMS.right;
  for (let i = 1; i < 8; i += 1) target[upper[i]! * 2 + 1]! += 8;
  target.set([0, -50], 10 * 2);
  source.set([0, -50], 10 * 2);
  const places = Float32Array.from(source);
  eyes.slide(target, places);
  for (let i = 2; i < 7; i += 1) {
    const at = upper[i]! * 2 + 1;
    assert.ok(Math.abs(places[at]! - target[at]!) < 0.01, `${places[at]} ${target[at]}`);
  }
});
