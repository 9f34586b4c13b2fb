import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFaceTopology } from '../detect/face-topology.ts';
import type { RgbaImage } from '../model/image.ts';
import { FACE_LANDMARK_COUNT, FACE_STRIDE, type Face } from '../model/pose.ts';
import { measureIdentity, type SeenFace } from './identity.ts';

const { triangles } = readFaceTopology();
const SIZE = 300;

/** Points spread evenly over a disc (sunflower), so that triangles cover all of it. */
function discOfPoints(): Face {
  const face = new Float32Array(FACE_LANDMARK_COUNT * FACE_STRIDE);
  for (let i = 0; i < FACE_LANDMARK_COUNT; i += 1) {
    const radius = 100 * Math.sqrt((i + 0.5) / FACE_LANDMARK_COUNT);
    const angle = i * 2.399963;
    face.set([150 + radius * Math.cos(angle), 150 + radius * Math.sin(angle), 0], i * FACE_STRIDE);
  }
  return face;
}

function paint(brightness: (x: number, y: number) => number): RgbaImage {
  const data = new Uint8Array(SIZE * SIZE * 4);
  for (let i = 0; i < SIZE * SIZE; i += 1) {
    const value = brightness(i % SIZE, Math.floor(i / SIZE));
    data.set([value, value, value, 255], i * 4);
  }
  return { width: SIZE, height: SIZE, data };
}

const face = discOfPoints();
const waves = (x: number, y: number): number => 128 + 60 * Math.sin(x / 7) * Math.cos(y / 9);
const picture: SeenFace = { face, image: paint(waves) };

/** The same face 20 pixels to the left, half as large. */
const small: SeenFace = {
  face: face.map((value, i) => (i % 3 === 2 ? value : value / 2 + (i % 3 === 0 ? 20 : 40))),
  image: paint((x, y) => waves((x - 20) * 2, (y - 40) * 2)),
};

test('a face is like itself, and like itself elsewhere and smaller', () => {
  assert.ok(measureIdentity(picture, picture, triangles)! > 0.999);
  assert.ok(measureIdentity(picture, small, triangles)! > 0.9);
});

test('exposure and contrast do not matter', () => {
  const dark: SeenFace = { face, image: paint((x, y) => 20 + 0.4 * waves(x, y)) };
  assert.ok(measureIdentity(picture, dark, triangles)! > 0.99);
});

test('another texture on the same points is a stranger', () => {
  const stranger = paint((x, y) => 128 + 60 * Math.sin(y / 5 + x / 11));
  assert.ok(measureIdentity(picture, { face, image: stranger }, triangles)! < 0.3);
});

test('a face without any texture, or outside of its picture, gives no answer or no likeness', () => {
  const flat: SeenFace = { face, image: paint(() => 128) };
  assert.equal(measureIdentity(flat, picture, triangles), null);
  const outside: SeenFace = { face: face.map((value) => value + 1000), image: picture.image };
  assert.equal(measureIdentity(picture, outside, triangles), null);
});
