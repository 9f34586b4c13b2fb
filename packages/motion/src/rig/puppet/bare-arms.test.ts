import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JOINTS, type JointPositions, type Layer } from '../../model/character.ts';
import type { Colour } from '../../model/colour.ts';
import { JOINT_INDEX } from '../../model/joints.ts';
import { readBareArm } from './bare-arm.ts';
import { cleanArm, ORIGIN } from './clean-arm.ts';
import { evenArms } from './even-arms.ts';
import { trimHand } from './trim-hand.ts';

const WIDTH = 40;
const HEIGHT = 220;
const BRIGHT: Colour = [225, 185, 165];
const FACE: Colour = [214, 170, 145];
const SLEEVE: Colour = [50, 90, 170];
const WALL: Colour = [225, 225, 222];
/** Arms hang from the top of their layers to the bottom. */
const ROWS = { Shoulder: 0, Elbow: 90, Wrist: 170, Hand: 200 } as const;
const CUFF = 45;
const MIDDLE = WIDTH / 2;

type Paint = (x: number, y: number) => Colour;

function joints(): JointPositions {
  const positions: JointPositions = new Float32Array(JOINTS.length * 2);
  for (const [name, y] of Object.entries(ROWS)) {
    positions.set([MIDDLE, y], JOINT_INDEX[`right${name as keyof typeof ROWS}`] * 2);
    positions.set([100 + MIDDLE, y], JOINT_INDEX[`left${name as keyof typeof ROWS}`] * 2);
  }
  return positions;
}

function layerOf(name: 'leftArm' | 'rightArm', paint: Paint): Layer {
  const data = new Uint8Array(WIDTH * HEIGHT * 4);
  for (let i = 0; i < WIDTH * HEIGHT; i++) {
    data.set([...paint(i % WIDTH, Math.floor(i / WIDTH)).map(Math.round), 255], i * 4);
  }
  const mesh = {
    positions: new Float32Array(),
    triangles: new Uint32Array(),
    boneIndices: new Uint8Array(),
    boneWeights: new Float32Array(),
  };
  const x = name === 'leftArm' ? 100 : 0;
  return { name, texture: { width: WIDTH, height: HEIGHT, data }, x, y: 0, mesh };
}

const grain = (x: number, y: number): number => 1 + 0.06 * (((x * 7 + y * 3) % 3) - 1);
const sleeved =
  (skin: Colour): Paint =>
  (x, y) =>
    y < CUFF ? SLEEVE : (skin.map((value) => value * grain(x, y)) as [number, number, number]);
const inShadow = (skin: Colour): Colour => [skin[0] * 0.55, skin[1] * 0.45, skin[2] * 0.4];

function pixel({ texture }: Layer, x: number, y: number): number[] {
  return Array.from(texture.data.subarray((y * WIDTH + x) * 4, (y * WIDTH + x) * 4 + 3));
}

/** Mean of a patch of bare forearm, and how much its pixels differ in light. */
function measure(layer: Layer): { mean: number[]; spread: number } {
  const found: number[][] = [];
  for (let y = 110; y < 150; y++) for (let x = 12; x < 28; x++) found.push(pixel(layer, x, y));
  const mean = [0, 1, 2].map((c) => found.reduce((sum, it) => sum + it[c]!, 0) / found.length);
  const light = found.map((it) => it[1]! / mean[1]!);
  return { mean, spread: Math.max(...light) - Math.min(...light) };
}

test('an arm in shadow gets the tone of the other, its sleeve and its texture stay', () => {
  const shaded = layerOf('rightArm', sleeved(inShadow(BRIGHT)));
  const layers = [layerOf('leftArm', sleeved(BRIGHT)), shaded];
  const [left, right] = evenArms(layers, joints(), FACE) as [Layer, Layer];
  assert.equal(left, layers[0], 'the bright arm is as it was');
  const [before, after] = [measure(shaded), measure(right)];
  assert.ok(before.mean[0]! < 0.6 * BRIGHT[0]);
  for (let c = 0; c < 3; c++) {
    const goal = (BRIGHT[c]! + FACE[c]!) / 2;
    assert.ok(Math.abs(after.mean[c]! / goal - 1) < 0.14, `channel ${c}: ${after.mean[c]}`);
  }
  assert.ok(after.spread > 0.8 * before.spread, `texture ${before.spread} -> ${after.spread}`);
  assert.deepEqual(pixel(right, MIDDLE, 20), pixel(shaded, MIDDLE, 20), 'the sleeve');
});

test('an arm that was shaded by the trunk along one side has no dark band there', () => {
  const dim = inShadow(BRIGHT);
  const band = dim.map((value) => 0.5 * value) as [number, number, number];
  const shaded = layerOf('rightArm', (x, y) => sleeved(y > CUFF && x >= 35 ? band : dim)(x, y));
  const layers = [layerOf('leftArm', sleeved(BRIGHT)), shaded];
  const right = evenArms(layers, joints(), FACE)[1]!;
  const share = pixel(right, 37, 121)[1]! / pixel(right, 20, 121)[1]!;
  assert.ok(share > 0.74, `the band has ${share} of the light of the middle`);
  assert.ok(share < 0.97, `an arm is round, ${share}`);
});

test('a lit knuckle of an arm in shadow does not burn out', () => {
  const isKnuckle = (x: number, y: number): boolean => x >= 18 && x < 22 && y % 12 < 3;
  const dim = inShadow(BRIGHT);
  const knuckle = dim.map((value) => 1.6 * value) as [number, number, number];
  const shaded = layerOf('rightArm', (x, y) =>
    y > CUFF && isKnuckle(x, y) ? knuckle : sleeved(dim)(x, y),
  );
  const layers = [layerOf('leftArm', sleeved(BRIGHT)), shaded];
  const right = evenArms(layers, joints(), FACE)[1]!;
  const [lit, usual] = [pixel(right, 20, 121), pixel(right, 12, 126)];
  for (let c = 0; c < 3; c++) {
    const goal = (BRIGHT[c]! + FACE[c]!) / 2;
    assert.ok(lit[c]! < 1.25 * goal, `channel ${c} of ${lit} beside ${usual}`);
    assert.ok(lit[c]! > 1.02 * usual[c]!, `channel ${c}: ${lit} stands out from ${usual}`);
  }
});

test('arms that nobody would take for skin of the face keep their light', () => {
  for (const skin of [SLEEVE, [200, 200, 200], [110, 75, 52]] as const) {
    const dark = skin.map((value) => 0.6 * value) as [number, number, number];
    const layers = [layerOf('leftArm', () => skin), layerOf('rightArm', () => dark)];
    assert.deepEqual(evenArms(layers, joints(), FACE), layers, `${skin}`);
  }
});

test('specks of shirt at the rim of a bare arm and its hidden side become skin', () => {
  const isSpeck = (x: number, y: number): boolean => x === 29 && y > 80 && y < 90;
  const isBracelet = (y: number): boolean => y > 164 && y < 168;
  const isTattoo = (x: number, y: number): boolean => x < 24 && y > 120 && y < 130;
  const layer = layerOf('rightArm', (x, y) => {
    if (isSpeck(x, y) || isTattoo(x, y) || (y > CUFF && isBracelet(y))) return SLEEVE;
    return x >= 32 && y > CUFF ? WALL : sleeved(BRIGHT)(x, y);
  });
  const arm = readBareArm(layer, joints(), 'right');
  assert.ok(arm !== null);
  const originAt = (x: number): number =>
    x >= 32 ? ORIGIN.hidden : x >= 26 ? ORIGIN.rim : ORIGIN.seen;
  const texture = cleanArm(layer, joints(), arm, originAt);
  const clean = { ...layer, texture };
  for (const [x, y] of [
    [29, 85],
    [36, 100],
    [36, 140],
  ] as const) {
    const [r, , b] = pixel(clean, x, y);
    assert.ok(r! - b! > 30 && r! > 190, `${x}, ${y} is ${pixel(clean, x, y)}`);
  }
  for (const [x, y, what] of [
    [MIDDLE, 110, 'skin'],
    [MIDDLE, 125, 'a tattoo'],
    [MIDDLE, 166, 'a bracelet'],
    [26, 166, 'its end'],
    [MIDDLE, 20, 'the sleeve'],
    [29, 20, 'its rim'],
  ] as const) {
    assert.deepEqual(pixel(clean, x, y), pixel(layer, x, y), what);
  }
});

test('scraps of cloth between the fingers are taken off, rings and what is in a hand stay', () => {
  const isScrap = (x: number, y: number): boolean => x >= 30 && y > 178 && y < 190;
  const isRing = (x: number, y: number): boolean => x >= 16 && x < 20 && y > 184 && y < 188;
  const layer = layerOf('rightArm', (x, y) => {
    if (isScrap(x, y)) return [12, 12, 14];
    if (x >= 30 && y === 178) return [130, 105, 92];
    return isRing(x, y) ? [30, 30, 30] : sleeved(BRIGHT)(x, y);
  });
  const arm = readBareArm(layer, joints(), 'right');
  assert.ok(arm?.isHandBare);
  const originAt = (x: number): number => (x >= 26 ? ORIGIN.rim : ORIGIN.seen);
  const { data } = trimHand(layer, joints(), arm, originAt);
  const alphaAt = (x: number, y: number): number => data[(y * WIDTH + x) * 4 + 3]!;
  assert.equal(alphaAt(38, 184), 0, 'a scrap at the border');
  assert.ok(data[(178 * WIDTH + 36) * 4 + 1]! > 0.85 * BRIGHT[1], 'the edge it darkened');
  assert.equal(alphaAt(18, 186), 255, 'a ring');
  assert.equal(alphaAt(38, 150), 255, 'the arm');
  const free = trimHand(layer, joints(), arm, () => ORIGIN.seen);
  assert.deepEqual(free.data, layer.texture.data, 'where nothing else lay nothing is taken');
});

test('the pale outline of an arm that was cut out of a wall becomes skin', () => {
  const layer = layerOf('rightArm', (x, y) => (x < 11 && y > CUFF ? WALL : sleeved(BRIGHT)(x, y)));
  for (let i = 0; i < WIDTH * HEIGHT; i++) {
    const x = i % WIDTH;
    if (x < 11) layer.texture.data[i * 4 + 3] = x < 10 ? 0 : 120;
  }
  const arm = readBareArm(layer, joints(), 'right');
  assert.ok(arm !== null);
  const texture = cleanArm(layer, joints(), arm, () => ORIGIN.seen);
  const [r, , b] = pixel({ ...layer, texture }, 10, 110);
  assert.ok(r! - b! > 30, `the outline is ${pixel({ ...layer, texture }, 10, 110)}`);
});
