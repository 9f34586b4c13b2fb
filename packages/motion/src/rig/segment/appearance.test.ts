import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JOINTS } from '../../model/character.ts';
import { FACE, FACE_LANDMARK_COUNT, FACE_STRIDE } from '../../model/pose.ts';
import { createRgb } from '../../model/rgb.ts';
import { readAppearance } from './appearance.ts';
import { colourDistance, type Figure } from './figure.ts';

const SIZE = 200;
const HAIR = [110, 77, 56] as const;
const CHEEK = [190, 145, 120] as const;
const FOREHEAD = [230, 190, 168] as const;

/** A head whose hair begins at `hairline` and whose face is brightest at the forehead, at 80. */
function drawHead(hairline: number): Figure {
  const rgb = createRgb(SIZE, SIZE);
  for (let i = 0; i < SIZE * SIZE; i++) {
    const x = i % SIZE;
    const y = Math.floor(i / SIZE);
    const isFace = y >= hairline && x > 60 && x < 140;
    const colour = isFace ? (y < 100 ? FOREHEAD : CHEEK) : HAIR;
    for (let c = 0; c < 3; c++) rgb.channels[c]![i] = colour[c]!;
  }
  const face = new Float32Array(FACE_LANDMARK_COUNT * FACE_STRIDE);
  const put = (index: number, x: number, y: number) => face.set([x, y], index * FACE_STRIDE);
  for (let index = 0; index < FACE_LANDMARK_COUNT; index++) put(index, 100, 130);
  for (const index of [FACE.forehead, 151, 9, 108, 337]) put(index, 100, 80);
  put(FACE.chin, 100, 180);
  put(FACE.leftSide, 140, 130);
  put(FACE.rightSide, 60, 130);
  return {
    rgb,
    alpha: new Float32Array(SIZE * SIZE).fill(1),
    joints: new Float32Array(JOINTS.length * 2),
    face,
    framing: 'full-body',
  };
}

test('a bright parting above the forehead is not taken for the colour of the hair', () => {
  const { crown, hair } = readAppearance(drawHead(68));
  assert.ok(crown !== null && colourDistance(crown, HAIR) < 1, `the crown is ${crown}`);
  assert.ok(hair.every((colour) => colourDistance(colour, HAIR) < 1));
});
