import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BONES, type Character, type Layer } from '../../model/character.ts';
import { paintOrder } from '../../model/paint-order.ts';
import { decodeRig, encodeRig } from '../rig-json.ts';
import { rigPicture } from '../rig-picture.ts';
import { detectorsOf, drawFigure, type Rims } from '../testing/drawn-figure.ts';

async function rigSleeved(rims: Rims, height?: number): Promise<Character> {
  const figure = drawFigure({ arms: 'sleeved', rims, ...(height ? { height } : {}) });
  return await rigPicture(figure.picture, detectorsOf(figure));
}

const sleeved = await rigSleeved('drawn');

function findLayer(character: Character, name: Layer['name']): Layer {
  const layer = character.layers.find((candidate) => candidate.name === name);
  assert.ok(layer, `there is no layer ${name}`);
  return layer;
}

/** Red, green, blue and alpha of a layer at a place of the picture. */
function pixelOf({ texture, x: left, y: top }: Layer, x: number, y: number): number[] {
  const isInside = x >= left && y >= top && x < left + texture.width && y < top + texture.height;
  if (!isInside) return [0, 0, 0, 0];
  const at = ((y - top) * texture.width + x - left) * 4;
  return Array.from(texture.data.subarray(at, at + 4));
}

test('arms in wide sleeves move, and the character knows that their cloth hangs', () => {
  assert.deepEqual(sleeved.wideSleeves, ['leftArm', 'rightArm']);
  assert.ok(sleeved.movingLimbs.includes('leftArm') && sleeved.movingLimbs.includes('rightArm'));
  assert.ok(!sleeved.findings.some(({ code }) => code === 'limb_frozen'));
});

test('a sleeve takes its hand and its rim along, and leaves neither on the body', () => {
  const body = findLayer(sleeved, 'body');
  const arm = findLayer(sleeved, 'leftForearm');
  const hand = findLayer(sleeved, 'leftHand');
  assert.ok(pixelOf(hand, 249, 322)[0]! > 180 && pixelOf(hand, 249, 322)[3]! > 200);
  assert.ok(pixelOf(arm, 249, 270)[3]! > 200 && pixelOf(hand, 249, 270)[3] === 0);
  let left = 0;
  for (let y = 240; y < 330; y++) {
    for (let x = 205; x < 300; x++) {
      const [r, , b, a] = pixelOf(body, x, y);
      const isSkin = r! > 150;
      const isRim = b! < 110 && y < 300;
      if (a! > 128 && (isSkin || isRim)) left++;
    }
  }
  assert.ok(left < 12, `${left} pixels of the arm stay on the body`);
});

test('a hand stands before the lower piece of its sleeve, in which there is no skin', () => {
  const names = sleeved.layers.map(({ name }) => name);
  const runs = paintOrder(sleeved.layers).map(({ layer }) => names[layer]);
  for (const side of ['left', 'right'] as const) {
    const places = [`${side}Arm`, `${side}Forearm`, `${side}Hand`].map((it) =>
      runs.indexOf(it as Layer['name']),
    );
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
      runs.join(' '),
    );
    const { texture } = findLayer(sleeved, `${side}Forearm`);
    let skin = 0;
    for (let i = 0; i < texture.data.length; i += 4) {
      if (texture.data[i + 3]! > 128 && texture.data[i]! > 150) skin++;
    }
    assert.ok(skin < 40, `${skin} pixels of skin in the ${side} sleeve`);
  }
});

test('a hand brings no rim of its sleeve along', () => {
  const { texture } = findLayer(sleeved, 'leftHand');
  for (let i = 0; i < texture.data.length; i += 4) {
    const [r, , b, a] = texture.data.subarray(i, i + 4);
    assert.ok(a! < 128 || r! > b! + 20, `${r} red and ${b} blue at ${i / 4}`);
  }
});

test('the hand of a wide sleeve is moved by its own bone, the sleeve is not', () => {
  const shareAt = (name: Layer['name'], atLeast: number): number[] => {
    const { positions, boneIndices, boneWeights } = findLayer(sleeved, name).mesh;
    return Array.from({ length: positions.length / 2 }, (_, vertex) => vertex)
      .filter((vertex) => positions[vertex * 2 + 1]! > atLeast)
      .map((vertex) => {
        const own = [0, 1, 2, 3].filter((n) => BONES[boneIndices[vertex * 4 + n]!] === 'leftHand');
        return own.reduce((sum, n) => sum + boneWeights[vertex * 4 + n]!, 0);
      });
  };
  assert.ok(shareAt('leftHand', 316).every((share) => share > 0.9));
  assert.ok(shareAt('leftArm', 0).every((share) => share < 0.01));
});

test('behind a sleeve the trunk goes on in its own cloth', () => {
  const body = findLayer(sleeved, 'body');
  for (const y of [240, 260, 280]) {
    const [r, g, b, a] = pixelOf(body, 222, y);
    assert.ok(a! > 230, `clear at ${y}`);
    assert.ok(Math.abs(r! - 40) + Math.abs(g! - 90) + Math.abs(b! - 190) < 60, `${r} ${g} ${b}`);
  }
});

test('the shadow of a sleeve is neither taken along nor left on the trunk', async () => {
  const shadowed = await rigSleeved('shadowed');
  const [body, arm] = [findLayer(shadowed, 'body'), findLayer(shadowed, 'leftArm')];
  for (const y of [250, 265, 280, 295]) {
    const x = 216;
    assert.ok(pixelOf(arm, x, y)[3]! < 40, `the sleeve has it at ${y}`);
    const [r, g, b, a] = pixelOf(body, x, y);
    assert.ok(a! > 230, `clear at ${y}`);
    assert.ok(Math.abs(r! - 40) + Math.abs(g! - 90) + Math.abs(b! - 190) < 60, `${r} ${g} ${b}`);
  }
});

test('a sleeve that nothing tells from the body is held still, with what was measured', async () => {
  const { movingLimbs, wideSleeves, findings } = await rigSleeved('missing');
  assert.ok(!movingLimbs.includes('leftArm'));
  assert.equal(wideSleeves, undefined);
  const { message } = findings.find(({ code }) => code === 'limb_frozen')!;
  assert.match(
    message,
    /left arm .* wide sleeve cannot be told .* [01]\.\d\d times as clear .* 1\.25/,
  );
});

test('a sleeve that the border cuts has an end below it, and looks the same above', async () => {
  const cut = await rigSleeved('drawn', 296);
  const arm = findLayer(cut, 'leftArm');
  assert.ok(arm.y + arm.texture.height > cut.height + 4);
  assert.ok(pixelOf(arm, 249, cut.height + 1)[3]! > 128);
  assert.equal(pixelOf(arm, arm.x + 1, arm.y + arm.texture.height - 1)[3], 0);
  assert.ok(pixelOf(arm, 249, cut.height - 2)[3]! > 200);
  const body = findLayer(cut, 'body');
  assert.ok(body.y + body.texture.height <= cut.height);
});

test('a rig that is written and read again still has its wide sleeves', () => {
  assert.deepEqual(decodeRig(encodeRig(sleeved)).wideSleeves, ['leftArm', 'rightArm']);
  const { wideSleeves: _, ...narrow } = sleeved;
  assert.equal(decodeRig(encodeRig(narrow)).wideSleeves, undefined);
});
