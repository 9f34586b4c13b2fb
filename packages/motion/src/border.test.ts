import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BONES, type Character, JOINTS } from './model/character.ts';
import { jointDistance } from './model/joints.ts';
import { FACE_STRIDE, POSE_STRIDE } from './model/pose.ts';
import { createRenderer } from './render/renderer.ts';
import { jointsFromPose } from './rig/bind-joints.ts';
import { findFrozenLimbs } from './rig/puppet/limb-plans.ts';
import { rigPicture } from './rig/rig-picture.ts';
import { type DrawnFigure, detectorsOf, drawFigure } from './rig/testing/drawn-figure.ts';
import { frameOf } from './testing/stick-figure.ts';

/** Breadth of the bands that are painted on the body, in pixels. */
const BAND = 8;
/** How far from the border is looked, in pixels, and how many times broader a band may be there. */
const DEPTH = 64;
const STRETCH_MAX = 3;
const CLEAR = 0;

type Border = 'left' | 'bottom';
/** What lies inwards of one place of the border: `CLEAR`, 1 or 2 for each pixel. */
type Line = number[];

/** The figure with the first `cut` columns of its picture cut off. */
function cropLeft(figure: DrawnFigure, cut: number): DrawnFigure {
  const width = figure.truth.width - cut;
  const { height } = figure.truth;
  const data = new Uint8Array(width * height * 4);
  const truth = new Float32Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const from = y * (width + cut) + cut;
    data.set(figure.picture.data.subarray(from * 4, (from + width) * 4), y * width * 4);
    truth.set(figure.truth.data.subarray(from, from + width), y * width);
  }
  const move = (it: Float32Array, stride: number): Float32Array =>
    it.map((value, i) => (i % stride === 0 ? value - cut : value));
  return {
    picture: { width, height, data },
    truth: { width, height, data: truth },
    pose: move(figure.pose, POSE_STRIDE),
    face: move(figure.face, FACE_STRIDE),
  };
}

/** Paints bands along the border on all that moves, so that gaps and stripes can be measured. */
function paintBands({ layers }: Character, border: Border): void {
  for (const { texture, x: left, y: top } of layers) {
    for (let i = 0; i < texture.width * texture.height; i += 1) {
      const x = i % texture.width;
      const deep = border === 'left' ? x + left : (i - x) / texture.width + top;
      const isRed = Math.floor(deep / BAND) % 2 === 0;
      texture.data.set(isRed ? [255, 0, 0] : [0, 0, 255], i * 4);
    }
  }
}

/** The same body without anything that keeps it at the border. */
function release(character: Character): Character {
  const [ground, torso] = [BONES.indexOf('ground'), BONES.indexOf('torso')];
  const layers = character.layers.map((layer) => ({
    ...layer,
    mesh: {
      ...layer.mesh,
      boneIndices: layer.mesh.boneIndices.map((bone) => (bone === ground ? torso : bone)),
    },
  }));
  return { ...character, framing: 'full-body', layers };
}

/** The middle half of what the body covers of a border, inwards from it. */
function linesOf(character: Character, border: Border, joints: Float32Array): Line[] {
  const { width, height } = character;
  const draw = (places: Float32Array): ((along: number, deep: number) => number) => {
    const { data } = createRenderer(character).renderFrame(frameOf(places));
    return (along, deep) => {
      const [x, y] = border === 'left' ? [deep, along] : [along, height - 1 - deep];
      const [red, green, blue] = data.subarray((y * width + x) * 4, (y * width + x) * 4 + 3);
      if (green! > 90) return CLEAR;
      return red! > blue! ? 1 : 2;
    };
  };
  const before = draw(character.joints);
  const after = draw(joints);
  const all = Array.from({ length: border === 'left' ? height : width }, (_, along) => along);
  const touched = all.filter((along) => before(along, 0) !== CLEAR && before(along, 3) !== CLEAR);
  assert.ok(touched.length > 12, `${touched.length} pixels of the ${border} border are touched`);
  const middle = touched.slice(touched.length / 4, (touched.length * 3) / 4);
  return middle.map((along) => Array.from({ length: DEPTH }, (_, deep) => after(along, deep)));
}

/** Pixels of background between border and body. */
function gapOf(lines: readonly Line[]): number {
  const gaps = lines.map((line) => line.findIndex((value) => value !== CLEAR));
  return Math.max(...gaps.map((gap) => (gap < 0 ? DEPTH : gap)));
}

/** The longest stripe of one colour, in bands. */
function stripeOf(lines: readonly Line[]): number {
  let longest = 0;
  for (const line of lines) {
    let length = 0;
    for (const [n, value] of line.entries()) {
      length = value !== CLEAR && value === line[n - 1] ? length + 1 : 1;
      longest = Math.max(longest, value === CLEAR ? 0 : length);
    }
  }
  return longest / BAND;
}

/** Joints of a body whose joints move by a share each, in shoulder widths. */
function sway({ joints }: Character, byX: number, byY: number, pelvisShare: number): Float32Array {
  const width =
    jointDistance(joints, 'neck', 'leftShoulder') + jointDistance(joints, 'neck', 'rightShoulder');
  return joints.map((value, i) => {
    const isLow = /pelvis|Hip|Knee|Ankle|Foot/.test(JOINTS[i >> 1]!);
    return value + (i % 2 === 0 ? byX : byY) * width * (isLow ? pelvisShare : 1);
  });
}

async function checkBorder(
  figure: DrawnFigure,
  border: Border,
  strength: number,
  pelvisShare: number,
): Promise<void> {
  const character = await rigPicture(figure.picture, detectorsOf(figure));
  paintBands(character, border);
  for (const [x, y] of [
    [1, -0.5],
    [-1, -0.5],
    [1, 0.3],
  ] as const) {
    const joints = sway(character, x * strength, y * strength, pelvisShare);
    const lines = linesOf(character, border, joints);
    assert.equal(gapOf(lines), 0, `a gap at the ${border} border for ${x}, ${y}`);
    const stripe = stripeOf(lines);
    assert.ok(stripe <= STRETCH_MAX, `${stripe} bands long at the ${border} border: ${x}, ${y}`);
  }
  const loose = linesOf(release(character), border, sway(character, strength, -strength, 1));
  assert.ok(gapOf(loose) > 4, 'a body that nothing holds leaves the border');
}

test('a waist at the lower border shows no gap and no stripes however it sways', async () => {
  await checkBorder(drawFigure({ height: 300 }), 'bottom', 0.6, 0.25);
});

test('a chest at the lower border shows no gap and no stripes however it sways', async () => {
  await checkBorder(drawFigure({ height: 215 }), 'bottom', 0.3, 0.25);
});

test('an arm that a side border cuts stays there and is not drawn out into stripes', async () => {
  await checkBorder(cropLeft(drawFigure(), 60), 'left', 0.2, 1);
});

test('an arm whose hand a side border cuts is held still and says so, one inside moves', () => {
  const frozenAt = (cut: number): string[] => {
    const { pose, truth } = cropLeft(drawFigure(), cut);
    const joints = jointsFromPose(pose);
    const frozen = findFrozenLimbs(pose, joints, 'full-body', truth.width, truth.height);
    return frozen.map(({ finding }) => finding?.message ?? '');
  };
  assert.deepEqual(frozenAt(20), []);
  assert.equal(frozenAt(36).length, 1);
  assert.match(frozenAt(36)[0]!, /right arm .* its hand is cut by the side of the picture/);
});
