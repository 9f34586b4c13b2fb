import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFaceTopology } from './detect/face-topology.ts';
import type { Layer } from './model/character.ts';
import { FACE_STRIDE, type Face } from './model/pose.ts';
import { HEAD_RINGS } from './render/face-mesh.ts';
import { createFaceWarp } from './render/face-warp.ts';
import { rigPicture } from './rig/rig-picture.ts';
import { type Arms, detectorsOf, drawFigure } from './rig/testing/drawn-figure.ts';

/** A head that turns far takes its outline along by this share of the face's width. */
const TURN = 0.3;
/** So many pixels at least must leave the outline, else nothing is tried. */
const OVER_MIN = 100;

/** The face with its outline around it; the drawn one has it anywhere inside. */
function roundFace(face: Face): Face {
  const { oval } = readFaceTopology();
  const [left, right] = [face[234 * FACE_STRIDE]!, face[454 * FACE_STRIDE]!];
  const [top, bottom] = [face[10 * FACE_STRIDE + 1]!, face[152 * FACE_STRIDE + 1]!];
  const round = Float32Array.from(face);
  for (const [spoke, point] of oval.entries()) {
    const angle = (2 * Math.PI * spoke) / oval.length;
    const x = (left + right) / 2 + ((right - left) / 2) * Math.sin(angle);
    const y = (top + bottom) / 2 - ((bottom - top) / 2) * Math.cos(angle);
    round.set([x, y], point * FACE_STRIDE);
  }
  return round;
}

/** 1 for each pixel of a layer's texture that its mesh draws. */
function coverMesh({ mesh, texture, x: left, y: top }: Layer): Uint8Array {
  const covered = new Uint8Array(texture.width * texture.height);
  for (let i = 0; i < mesh.triangles.length; i += 3) {
    const corners = [...mesh.triangles.subarray(i, i + 3)];
    const xs = corners.map((corner) => mesh.positions[corner * 2]! - left);
    const ys = corners.map((corner) => mesh.positions[corner * 2 + 1]! - top);
    // Two triangles fill each cell.
    for (let y = Math.min(...ys); y < Math.max(...ys); y += 1) {
      covered.fill(1, y * texture.width + Math.min(...xs), y * texture.width + Math.max(...xs));
    }
  }
  return covered;
}

/** Pixels that a face turned by `shift` pixels pushes over the outline, and those cut off there. */
function turnFace(layer: Layer, face: Face, shift: number): { over: number; cut: number } {
  const warp = createFaceWarp(face, layer.texture, layer.x, layer.y, HEAD_RINGS);
  const points = face.map((value, i) => (i % FACE_STRIDE === 0 ? value + shift : value));
  warp.paint({ points, mouth: null }, null);
  const { pixels } = warp.surface;
  const bent = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  const covered = coverMesh(layer);
  const { width } = layer.texture;
  let [over, cut] = [0, 0];
  for (let i = 0; i < covered.length; i += 1) {
    if (bent[i * 4 + 3] === 0) continue;
    const isOver = layer.texture.data[i * 4 + 3] === 0;
    const isRim = i % width === 0 || i % width === width - 1;
    if (isOver) over += 1;
    if (covered[i] === 0 || (isOver && isRim)) cut += 1;
  }
  return { over, cut };
}

for (const [arms, name] of [
  ['hanging', 'head'],
  ['apart', 'body'],
] as const satisfies readonly (readonly [Arms, Layer['name']])[]) {
  test(`a turned face on the layer ${name} is not cut off, neither in squares nor at a side`, async () => {
    const figure = drawFigure({ arms });
    const { layers, face } = await rigPicture(
      figure.picture,
      detectorsOf({ ...figure, face: roundFace(figure.face) }),
    );
    assert.ok(face);
    const layer = layers.find((it) => it.name === name);
    assert.ok(layer);
    assert.equal(
      name === 'head',
      layers.some((it) => it.name === 'head'),
    );
    const width = face[454 * FACE_STRIDE]! - face[234 * FACE_STRIDE]!;
    for (const turn of [-TURN, TURN]) {
      const { over, cut } = turnFace(layer, face, turn * width);
      assert.ok(over > OVER_MIN, `only ${over} pixels leave the outline`);
      assert.equal(cut, 0, `${cut} of ${over} pixels are cut off at ${turn}`);
    }
  });
}
