import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Joint } from './model/character.ts';
import { JOINT_INDEX, jointAt } from './model/joints.ts';
import type { PerformanceFrame } from './model/performance.ts';
import { createUnityMeter, type LimbUnity } from './render/testing/limb-unity.ts';
import { rigPicture } from './rig/rig-picture.ts';
import { detectorsOf, drawFigure } from './rig/testing/drawn-figure.ts';
import { frameOf } from './testing/stick-figure.ts';

/** Neighbouring parts overlap at their joint by at least this share of the limb's width; */
const DEPTH_MIN = 0.45;
/** holes are at most this large, in squares of the limb's half width, */
const HOLES_MAX = 0.15;
/** and this share of a limb hangs together with the body. */
const ATTACHED_MIN = 0.99;
const DEGREE = Math.PI / 180;

/** Arms that touch the body have layers of their own; legs share one with the trunk. */
const figure = drawFigure({ arms: 'hanging' });
const character = await rigPicture(figure.picture, detectorsOf(figure));

/** The bind pose with both limbs of a kind turned at their root and bent in the middle. */
function pose(kind: 'Arm' | 'Leg', turn: number, bend: number): PerformanceFrame {
  const joints = Float32Array.from(character.joints);
  const chain =
    kind === 'Arm' ? ['Shoulder', 'Elbow', 'Wrist', 'Hand'] : ['Hip', 'Knee', 'Ankle', 'Foot'];
  for (const [side, sign] of [
    ['left', -1],
    ['right', 1],
  ] as const) {
    const names = chain.map((name) => `${side}${name}` as Joint);
    let { x, y } = jointAt(character.joints, names[0]!);
    for (let n = 1; n < names.length; n += 1) {
      const [a, b] = [
        jointAt(character.joints, names[n - 1]!),
        jointAt(character.joints, names[n]!),
      ];
      const angle = sign * DEGREE * (turn + (n > 1 ? bend : 0));
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      x += c * (b.x - a.x) - s * (b.y - a.y);
      y += s * (b.x - a.x) + c * (b.y - a.y);
      joints.set([x, y], JOINT_INDEX[names[n]!] * 2);
    }
  }
  return frameOf(joints);
}

function findFaults(found: readonly LimbUnity[]): string[] {
  return found.flatMap(({ limb, attached, holes, depths }) => [
    ...(attached < ATTACHED_MIN ? [`${limb} hangs together by ${attached.toFixed(2)}`] : []),
    ...(holes > HOLES_MAX ? [`${limb} has holes of ${holes.toFixed(2)}`] : []),
    ...Object.entries(depths)
      .filter(([, depth]) => depth < DEPTH_MIN)
      .map(([joint, depth]) => `${joint} has ${depth.toFixed(2)} of its width`),
  ]);
}

test('limbs hold together however they are turned and bent', () => {
  const meters = {
    Arm: createUnityMeter(character, character, (limb) => limb === 'leftArm'),
    Leg: createUnityMeter(character, character, (limb) => limb === 'rightLeg'),
  };
  for (const [kind, turn, bend] of [
    ['Arm', 60, 0],
    ['Arm', 120, 30],
    ['Arm', 30, 130],
    ['Arm', 10, -120],
    ['Leg', 35, 0],
    ['Leg', 50, -100],
  ] as const) {
    const faults = findFaults(meters[kind](pose(kind, turn, bend)));
    assert.deepEqual(faults, [], `${kind} turned by ${turn}, bent by ${bend}`);
  }
});

test('a forearm that comes off its elbow is noticed', () => {
  const frame = pose('Arm', 40, 20);
  const torn = { ...character, layers: character.layers.map((layer) => ({ ...layer })) };
  for (const layer of torn.layers) {
    const { triangles, positions } = layer.mesh;
    const elbow = jointAt(character.joints, 'leftElbow');
    const kept: number[] = [];
    for (let i = 0; i < triangles.length; i += 3) {
      const corner = triangles[i]!;
      const away = Math.hypot(
        positions[corner * 2]! - elbow.x,
        positions[corner * 2 + 1]! - elbow.y,
      );
      if (away > 40) kept.push(triangles[i]!, triangles[i + 1]!, triangles[i + 2]!);
    }
    layer.mesh = { ...layer.mesh, triangles: Uint32Array.from(kept) };
  }
  const faults = findFaults(createUnityMeter(torn, character, (limb) => limb === 'leftArm')(frame));
  assert.ok(
    faults.some((it) => it.startsWith('leftArm hangs together')),
    faults.join('; '),
  );
  assert.ok(
    faults.some((it) => it.startsWith('leftElbow')),
    faults.join('; '),
  );
});

test('a hole in a forearm is noticed, the crook of an arm whose hand touches its shoulder is not', () => {
  const frame = pose('Arm', 40, 20);
  const torn = { ...character, layers: character.layers.map((layer) => ({ ...layer })) };
  const elbow = jointAt(character.joints, 'leftElbow');
  const wrist = jointAt(character.joints, 'leftWrist');
  const middle = { x: (elbow.x + wrist.x) / 2, y: (elbow.y + wrist.y) / 2 };
  for (const layer of torn.layers) {
    const data = Uint8Array.from(layer.texture.data);
    for (let i = 0; i < data.length / 4; i += 1) {
      const x = (i % layer.texture.width) + layer.x;
      const y = Math.floor(i / layer.texture.width) + layer.y;
      if (Math.hypot(x - middle.x, y - middle.y) < 6) data[i * 4 + 3] = 0;
    }
    layer.texture = { ...layer.texture, data };
  }
  const isLeft = (limb: string): boolean => limb === 'leftArm';
  const [hole] = createUnityMeter(torn, character, isLeft)(frame);
  assert.ok(hole!.holes > HOLES_MAX, `a hole of ${hole!.holes.toFixed(2)}`);
  const folded = pose('Arm', 0, -130);
  const palm = jointAt(folded.joints, 'leftWrist');
  const tip = jointAt(folded.joints, 'leftHand');
  folded.joints.set(
    [palm.x - (tip.y - palm.y), palm.y + (tip.x - palm.x)],
    JOINT_INDEX.leftHand * 2,
  );
  const [crook] = createUnityMeter(character, character, isLeft)(folded);
  assert.ok(crook!.holes < HOLES_MAX, `a crook of ${crook!.holes.toFixed(2)}`);
});
