import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawEyes, eyesFace } from '../testing/drawn-eyes.ts';
import { doRimsFit, gazeOfIrises, readGaze, readPictureIrises } from './face-iris.ts';

for (const across of [-0.25, -0.1, 0, 0.15, 0.28]) {
  test(`an iris ${across} eye widths off the middle is found there, dark or pale`, () => {
    for (const light of [30, 120]) {
      const gaze = readGaze(drawEyes(across, light), eyesFace());
      for (const iris of [gaze.right, gaze.left]) {
        assert.ok(Math.abs(iris.across - across) < 0.04, JSON.stringify(iris));
        assert.ok(iris.confidence > 0.9, JSON.stringify(iris));
      }
    }
  });
}

test('nothing is said about the gaze of a closed eye', () => {
  const { right, left } = readGaze(drawEyes(0.2), eyesFace(0.3));
  assert.equal(right.confidence, 0);
  assert.equal(left.confidence, 0);
});

test('an eye without an iris, as of a statue, has no gaze', () => {
  const { right, left } = readGaze(drawEyes(0, 225), eyesFace());
  assert.ok(right.confidence < 0.3 && left.confidence < 0.3);
});

test('rims fit eyes that end where they do, and not eyes that go on below them', () => {
  assert.ok(doRimsFit(drawEyes(0), eyesFace()));
  assert.ok(!doRimsFit(drawEyes(0), eyesFace(0.55)));
});

test('rims fit eyes whose lower lids are painted', () => {
  const picture = drawEyes(0);
  const skin = picture.data[(180 * picture.width + 80) * 4]!;
  for (let y = 100; y < 120; y += 1) {
    for (let x = 0; x < picture.width; x += 1) {
      const at = (y * picture.width + x) * 4;
      if (picture.data[at] === skin) picture.data.fill(0.6 * 40 + 0.4 * skin, at, at + 3);
    }
  }
  assert.ok(doRimsFit(picture, eyesFace()));
});

test('rims inside of an iris as large as a drawn one do not fit', () => {
  const face = eyesFace(0.55);
  for (const point of [205, 425, 6]) face.set([140, 180, 0], point * 3);
  const picture = drawEyes(0);
  const isEye = (x: number) => Math.abs(x - 80) < 40 || Math.abs(x - 200) < 40;
  for (let i = 0; i < picture.data.length; i += 4) {
    const [x, y] = [(i / 4) % picture.width, Math.floor(i / 4 / picture.width)];
    if (isEye(x) && Math.abs(y - 110) < 40) picture.data.set([20, 40, 60, 255], i);
  }
  assert.ok(!doRimsFit(picture, face));
});

test('irises that the network found stand where it found them, and say nothing when shut', () => {
  const irises = { right: { x: 80 + 0.2 * 60, y: 100 }, left: { x: 200 + 0.2 * 60, y: 100 } };
  const open = gazeOfIrises(eyesFace(), irises);
  const shut = gazeOfIrises(eyesFace(0.3), irises);
  for (const side of ['right', 'left'] as const) {
    assert.ok(Math.abs(open[side].across - 0.2) < 1e-5 && open[side].confidence > 0.9);
    assert.equal(shut[side].confidence, 0);
  }
});

test('the irises of a picture are found with their size', () => {
  for (const across of [-0.2, 0, 0.15]) {
    const irises = readPictureIrises(drawEyes(across), eyesFace());
    for (const iris of [irises.right, irises.left]) {
      assert.ok(Math.abs(iris.across - across) < 0.03, JSON.stringify(iris));
      assert.ok(Math.abs(iris.radius - 0.19) < 0.03, JSON.stringify(iris));
    }
  }
  const shut = readPictureIrises(drawEyes(0.2), eyesFace(0.3));
  assert.equal(shut.right.confidence + shut.left.confidence, 0);
});
