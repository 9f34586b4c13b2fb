import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BONES, type Bone, INFLUENCES_MAX, type Layer } from './character.ts';
import { paintOrder, sortTriangles } from './paint-order.ts';

/** A layer with one triangle for each bone, moved by that bone alone. */
function layerOf(name: Layer['name'], bones: readonly Bone[]): Layer {
  const vertices = bones.length * 3;
  const boneIndices = new Uint8Array(vertices * INFLUENCES_MAX);
  const boneWeights = new Float32Array(vertices * INFLUENCES_MAX);
  for (let v = 0; v < vertices; v++) {
    boneIndices[v * INFLUENCES_MAX] = BONES.indexOf(bones[Math.floor(v / 3)]!);
    boneWeights[v * INFLUENCES_MAX] = 1;
  }
  const mesh = {
    positions: new Float32Array(vertices * 2),
    triangles: Uint32Array.from({ length: vertices }, (_, v) => v),
    boneIndices,
    boneWeights,
  };
  const texture = { width: 1, height: 1, data: new Uint8Array(4) };
  return { name, texture, x: 0, y: 0, mesh: sortTriangles(name, mesh) };
}

test('legs are painted first and forearms last, whatever the layers are', () => {
  const layers = [
    layerOf('body', ['leftForearm', 'head', 'torso', 'leftThigh', 'leftUpperArm', 'torso']),
    layerOf('rightArm', ['rightHand', 'torso', 'rightUpperArm']),
    layerOf('head', ['torso', 'head']),
  ];
  const painted = paintOrder(layers).map(({ layer, triangleCount, limb, rank }) => [
    rank,
    layer,
    triangleCount,
    limb,
  ]);
  assert.deepEqual(painted, [
    [0, 0, 1, 'leftLeg'],
    [1, 0, 2, null],
    [2, 0, 1, 'leftArm'],
    [2, 1, 2, 'rightArm'],
    [3, 0, 1, null],
    [3, 2, 2, null],
    [4, 0, 1, 'leftArm'],
    [4, 1, 1, 'rightArm'],
  ]);
});
