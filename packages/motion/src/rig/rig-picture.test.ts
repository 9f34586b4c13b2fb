import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BONES, type Character, INFLUENCES_MAX, type Layer } from '../model/character.ts';
import { MotionError } from '../model/finding.ts';
import { type PictureDetectors, rigPicture } from './rig-picture.ts';
import { type DrawnFigure, detectorsOf, drawFigure } from './testing/drawn-figure.ts';

const apart = drawFigure();
const rigged = await rigPicture(apart.picture, detectorsOf(apart));

/** Alpha of everything drawn in the bind pose, 0..255. */
function coverage({ width, height, layers }: Character): Uint8Array {
  const covered = new Uint8Array(width * height);
  for (const { texture, x: left, y: top } of layers) {
    for (let i = 0; i < texture.width * texture.height; i++) {
      const x = i % texture.width;
      const to = ((i - x) / texture.width + top) * width + x + left;
      covered[to] = Math.max(covered[to]!, texture.data[i * 4 + 3]!);
    }
  }
  return covered;
}

function overlapWithTruth(character: Character, { truth }: DrawnFigure): number {
  const covered = coverage(character);
  let both = 0;
  let either = 0;
  for (let i = 0; i < covered.length; i++) {
    const isCovered = covered[i]! > 127;
    const isTrue = truth.data[i]! > 0.5;
    if (isCovered && isTrue) both++;
    if (isCovered || isTrue) either++;
  }
  return both / either;
}

/** Weight of a bone at the vertex nearest to a place. */
function weightAt(layer: Layer, x: number, y: number, bone: (typeof BONES)[number]): number {
  const { positions, boneIndices, boneWeights } = layer.mesh;
  let nearest = 0;
  for (let v = 1; v < positions.length / 2; v++) {
    const away = (n: number) => Math.hypot(positions[n * 2]! - x, positions[n * 2 + 1]! - y);
    if (away(v) < away(nearest)) nearest = v;
  }
  let weight = 0;
  for (let i = nearest * INFLUENCES_MAX; i < (nearest + 1) * INFLUENCES_MAX; i++) {
    if (BONES[boneIndices[i]!] === bone) weight += boneWeights[i]!;
  }
  return weight;
}

function findLayer(character: Character, name: Layer['name']): Layer {
  const layer = character.layers.find((candidate) => candidate.name === name);
  assert.ok(layer, `there is no layer ${name}`);
  return layer;
}

test('the weights of every vertex sum to 1', () => {
  for (const { mesh } of rigged.layers) {
    for (let v = 0; v < mesh.positions.length / 2; v++) {
      const weights = mesh.boneWeights.subarray(v * INFLUENCES_MAX, (v + 1) * INFLUENCES_MAX);
      const sum = weights.reduce((total, weight) => total + weight, 0);
      assert.ok(Math.abs(sum - 1) < 1e-5, `vertex ${v} sums to ${sum}`);
    }
  }
});

test('every visible pixel of a layer lies in a cell of its mesh', () => {
  for (const { texture, x: left, y: top, mesh } of rigged.layers) {
    const cells = new Set<string>();
    for (let t = 0; t < mesh.triangles.length; t += 3) {
      const corners = Array.from(mesh.triangles.subarray(t, t + 3));
      const x = Math.min(...corners.map((v) => mesh.positions[v * 2]!));
      const y = Math.min(...corners.map((v) => mesh.positions[v * 2 + 1]!));
      cells.add(`${Math.floor(x / 8)} ${Math.floor(y / 8)}`);
    }
    for (let i = 0; i < texture.width * texture.height; i++) {
      if (texture.data[i * 4 + 3] === 0) continue;
      const x = (i % texture.width) + left;
      const y = Math.floor(i / texture.width) + top;
      assert.ok(cells.has(`${Math.floor(x / 8)} ${Math.floor(y / 8)}`), `${x}, ${y} is bare`);
    }
  }
});

test('the matte of a figure on a plain wall agrees with its true outline', () => {
  assert.ok(overlapWithTruth(rigged, apart) > 0.95, `${overlapWithTruth(rigged, apart)}`);
});

test('layers have no background in their soft edges', () => {
  const { texture } = findLayer(rigged, 'body');
  for (let i = 0; i < texture.data.length; i += 4) {
    if (texture.data[i + 3]! < 4) continue;
    const [r, g, b] = texture.data.subarray(i, i + 3);
    const isWall = Math.abs(r! - 185) < 12 && Math.abs(g! - 195) < 12 && Math.abs(b! - 200) < 12;
    assert.ok(!isWall, `pixel ${i / 4} shows the wall: ${r}, ${g}, ${b}`);
  }
});

test('the plate keeps what was visible and removes the figure', () => {
  const { plate, picture } = rigged;
  let changedFar = 0;
  let leftOver = 0;
  for (let i = 0; i < apart.truth.data.length; i++) {
    const x = i % picture.width;
    const isFar = x < 8 || x > picture.width - 8;
    const difference = Math.abs(plate.data[i * 4]! - picture.data[i * 4]!);
    if (isFar && difference > 0) changedFar++;
    if (Math.abs(plate.data[i * 4]! - 185) > 30) leftOver++;
  }
  assert.equal(changedFar, 0);
  assert.equal(leftOver, 0);
});

test('arms that stand apart share the mesh of the body and follow their own bones', () => {
  assert.deepEqual(rigged.movingLimbs, ['leftArm', 'rightArm', 'leftLeg', 'rightLeg']);
  const body = findLayer(rigged, 'body');
  assert.ok(!rigged.layers.some(({ name }) => name === 'leftArm'));
  assert.ok(weightAt(body, 300, 250, 'leftForearm') > 0.9);
  assert.ok(weightAt(body, 60, 250, 'rightForearm') > 0.9);
  assert.ok(weightAt(body, 180, 250, 'torso') > 0.9);
});

test('arms that hang along the body get layers, so that no web grows when they rise', async () => {
  const figure = drawFigure({ arms: 'hanging' });
  const character = await rigPicture(figure.picture, detectorsOf(figure));
  const arm = findLayer(character, 'leftArm');
  assert.ok(weightAt(arm, 239, 290, 'leftForearm') > 0.9);
  assert.ok(weightAt(findLayer(character, 'body'), 216, 280, 'torso') > 0.99);
});

test('an arm folded over the body is frozen and says so', async () => {
  const figure = drawFigure({ arms: 'folded' });
  const character = await rigPicture(figure.picture, detectorsOf(figure));
  assert.ok(!character.movingLimbs.includes('leftArm'));
  assert.ok(character.movingLimbs.includes('rightArm'));
  const findings = character.findings.filter(({ code }) => code === 'limb_frozen');
  assert.equal(findings.length, 1);
  assert.match(
    findings[0]!.message,
    /left arm .* its hand lies on the body \(0\.\d+ shoulder widths/,
  );
});

test('a half body is held where it leaves the picture and its legs do not move', async () => {
  const figure = drawFigure({ height: 350 });
  const character = await rigPicture(figure.picture, detectorsOf(figure));
  assert.equal(character.framing, 'half-body');
  assert.ok(character.findings.some(({ code }) => code === 'half_body'));
  assert.deepEqual(character.movingLimbs, ['leftArm', 'rightArm']);
  const body = findLayer(character, 'body');
  assert.ok(weightAt(body, 180, 350, 'ground') > 0.99);
  assert.equal(weightAt(body, 180, 180, 'ground'), 0);
});

test('the face moves with the head alone', () => {
  const layer = rigged.layers.find(({ name }) => name === 'head') ?? findLayer(rigged, 'body');
  for (const [x, y] of [
    [180, 70],
    [180, 125],
    [160, 100],
    [200, 100],
  ] as const) {
    assert.ok(weightAt(layer, x, y, 'head') > 0.95, `${x}, ${y}`);
  }
});

test('a picture that was cut out keeps its own edges and stands on white', async () => {
  const data = Uint8Array.from(apart.picture.data);
  apart.truth.data.forEach((alpha, i) => {
    data[i * 4 + 3] = Math.round(alpha * 255);
  });
  const character = await rigPicture({ ...apart.picture, data }, detectorsOf(apart));
  assert.ok(overlapWithTruth(character, apart) > 0.985, `${overlapWithTruth(character, apart)}`);
  assert.deepEqual(Array.from(character.plate.data.subarray(0, 4)), [255, 255, 255, 255]);
});

test('a face without a body bends the whole picture and leaves its border alone', async () => {
  const character = await rigPicture(apart.picture, detectorsOf(apart, { body: false }));
  const body = findLayer(character, 'body');
  assert.equal(character.layers.length, 1);
  assert.equal(character.framing, 'head-and-shoulders');
  assert.ok(weightAt(body, 180, 100, 'head') > 0.95);
  for (const [x, y] of [
    [0, 100],
    [359, 100],
    [180, 0],
    [180, 639],
  ] as const) {
    assert.ok(weightAt(body, x, y, 'ground') > 0.99, `${x}, ${y}`);
  }
});

test('a picture of nobody is refused with the finding no_person', async () => {
  const nobody = detectorsOf(apart, { body: false, face: false });
  await assert.rejects(rigPicture(apart.picture, nobody), (error) => {
    return error instanceof MotionError && error.finding.code === 'no_person';
  });
});

test('a body that cannot be cut out falls back to the face, and without one to no_person', async () => {
  const detectors = detectorsOf(apart);
  const body = await detectors.detectPose();
  assert.ok(body?.mask);
  const blank = { ...body, mask: { ...body.mask, data: new Float32Array(body.mask.data.length) } };
  const detectPose = async () => blank;
  const character = await rigPicture(apart.picture, { ...detectors, detectPose });
  assert.equal(character.framing, 'head-and-shoulders');
  assert.equal(character.layers.length, 1);
  const faceless = { detectPose, detectFace: async () => null };
  await assert.rejects(rigPicture(apart.picture, faceless), /Neither a body nor a face/);
});

test('a crowd is noticed', async () => {
  const character = await rigPicture(apart.picture, detectorsOf(apart, { personCount: 3 }));
  const finding = character.findings.find(({ code }) => code === 'several_people');
  assert.equal(finding?.value, 3);
});

test('progress rises to 1', async () => {
  const seen: number[] = [];
  await rigPicture(apart.picture, detectorsOf(apart), { onProgress: (f) => seen.push(f) });
  assert.deepEqual(
    seen,
    seen.toSorted((a, b) => a - b),
  );
  assert.equal(seen.at(-1), 1);
});

test('a head larger than its trunk, which is taken for the trunk, leaves the face only', async () => {
  const face = apart.face.map((value, i) => (i % 3 === 1 ? value + apart.picture.height : value));
  const misseen: PictureDetectors = {
    ...detectorsOf(apart),
    detectFace: async (_, hints) => (hints?.pose ? null : { face, score: 1 }),
  };
  const character = await rigPicture(apart.picture, misseen);
  assert.equal(character.pose, null);
  assert.deepEqual(character.face, face);
  assert.ok(character.findings.some(({ code }) => code === 'half_body'));
});
