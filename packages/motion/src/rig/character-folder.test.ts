import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { JOINTS } from '../model/character.ts';
import { MotionError } from '../model/finding.ts';
import { readCharacter, writeCharacter } from './character-folder.ts';
import { rigPicture } from './rig-picture.ts';
import { detectorsOf, drawFigure } from './testing/drawn-figure.ts';

const figure = drawFigure({ arms: 'hanging' });
const character = await rigPicture(figure.picture, detectorsOf(figure));
const root = await mkdtemp(join(tmpdir(), 'character-'));
after(() => rm(root, { recursive: true }));

/** A fresh folder whose rig.json was changed by hand. */
async function writeEdited(name: string, edit: (text: string) => string): Promise<string> {
  const folder = join(root, name);
  await writeCharacter(character, folder);
  const file = join(folder, 'rig.json');
  const before = await readFile(file, 'utf8');
  const changed = edit(before);
  assert.notEqual(changed, before, 'the edit changed nothing');
  await writeFile(file, changed);
  return folder;
}

async function assertInvalid(folder: string, message: RegExp): Promise<void> {
  await assert.rejects(readCharacter(folder), (error) => {
    assert.ok(error instanceof MotionError);
    assert.equal(error.finding.code, 'character_invalid');
    assert.match(error.message, message);
    return true;
  });
}

test('a character that was written and opened again is the same', async () => {
  const folder = join(root, 'same');
  await writeCharacter(character, folder);
  const opened = await readCharacter(folder);
  assert.deepEqual(opened.movingLimbs, character.movingLimbs);
  assert.deepEqual(opened.findings, character.findings);
  assert.equal(opened.framing, character.framing);
  assert.deepEqual(opened.picture, character.picture);
  assert.deepEqual(opened.plate, character.plate);
  opened.layers.forEach((layer, n) => {
    const original = character.layers[n]!;
    assert.deepEqual(layer.texture, original.texture);
    assert.deepEqual(layer.mesh.triangles, original.mesh.triangles);
    assert.deepEqual(layer.mesh.positions, original.mesh.positions);
    layer.mesh.boneWeights.forEach((weight, i) => {
      assert.ok(Math.abs(weight - original.mesh.boneWeights[i]!) < 1e-4);
    });
  });
});

test('the folder holds the pictures that a person looks at', async () => {
  const folder = join(root, 'files');
  await writeCharacter(character, folder);
  const files = await readdir(folder);
  for (const file of ['rig.json', 'picture.png', 'plate.png', 'mask.png', 'overlay.png']) {
    assert.ok(files.includes(file), file);
  }
  assert.ok(files.includes('layer-body.png') && files.includes('layer-leftArm.png'));
});

test('a joint moved by hand is where it was put', async () => {
  const folder = await writeEdited('moved', (text) =>
    text.replace(/"leftElbow": \[[^\]]*\]/, '"leftElbow": [251, 249.5]'),
  );
  const { joints } = await readCharacter(folder);
  const elbow = JOINTS.indexOf('leftElbow') * 2;
  assert.deepEqual(Array.from(joints.subarray(elbow, elbow + 2)), [251, 249.5]);
});

test('mistakes in rig.json are named with their place', async () => {
  const cases: [string, (text: string) => string, RegExp][] = [
    ['comma', (text) => text.replace('"version": 1,', '"version": 1'), /is not JSON/],
    ['version', (text) => text.replace('"version": 1', '"version": 9'), /version .* not 9/],
    ['joint', (text) => text.replace('"leftKnee"', '"leftKne"'), /joints\.leftKnee is missing/],
    ['bone', (text) => text.replaceAll('"torso",1]', '"trunk",1]'), /must be one of torso, head/],
    ['weight', (text) => text.replace('"torso",1]', '"torso",0.4]'), /vertices\[\d+\] .* 0\.400/],
    ['limb', (text) => text.replace('["leftArm"', '["leftWing"'), /movingLimbs\[0\] .*leftWing/],
  ];
  for (const [name, edit, message] of cases) {
    await assertInvalid(await writeEdited(name, edit), message);
  }
});

test('a missing texture is named', async () => {
  const folder = join(root, 'missing');
  await writeCharacter(character, folder);
  await rm(join(folder, 'layer-body.png'));
  await assertInvalid(folder, /layer-body\.png cannot be read/);
});

test('a texture that was cropped is refused', async () => {
  const folder = join(root, 'cropped');
  await writeCharacter(character, folder);
  const small = { ...character, layers: [], width: 10, height: 10 };
  const tiny = { width: 10, height: 10, data: new Uint8Array(400) };
  await writeCharacter({ ...small, picture: tiny, plate: tiny }, join(root, 'tiny'));
  await writeFile(
    join(folder, 'layer-body.png'),
    await readFile(join(root, 'tiny', 'picture.png')),
  );
  await assertInvalid(folder, /layer-body\.png is 10 x 10 pixels/);
});
