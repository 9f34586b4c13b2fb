import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BONES, type Character, INFLUENCES_MAX, type Layer } from '../model/character.ts';
import { jointAt, setJoint } from '../model/joints.ts';
import { frameOf, stickFigure } from '../testing/stick-figure.ts';
import { createSkin } from './skin.ts';

const RADIUS = 12;
const ANGLES = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => (n * Math.PI) / 4);
const BONE_OF = { leftArm: 'leftUpperArm', leftForearm: 'leftForearm' } as const;

/** A piece of a sleeve that is a ring around the elbow. */
function ringOf(figure: Character, name: keyof typeof BONE_OF): Layer {
  const { x, y } = jointAt(figure.joints, 'leftElbow');
  const boneWeights = new Float32Array(ANGLES.length * INFLUENCES_MAX);
  for (const vertex of ANGLES.keys()) boneWeights[vertex * INFLUENCES_MAX] = 1;
  const mesh = {
    positions: Float32Array.from(
      ANGLES.flatMap((angle) => [x + RADIUS * Math.cos(angle), y + RADIUS * Math.sin(angle)]),
    ),
    triangles: new Uint32Array(),
    boneIndices: new Uint8Array(boneWeights.length).fill(BONES.indexOf(BONE_OF[name])),
    boneWeights,
  };
  return { ...figure.layers[0]!, name, mesh };
}

/**
 * How far the ring's places past the elbow are from it, when the arm's bones are this part as long
 * as in the picture.
 */
function reachesOf(names: readonly (keyof typeof BONE_OF)[], short: number): number[] {
  const figure = stickFigure();
  const layers = names.map((name) => ringOf(figure, name));
  const joints = Float32Array.from(figure.joints);
  const [shoulder, elbow, wrist] = (['leftShoulder', 'leftElbow', 'leftWrist'] as const).map((it) =>
    jointAt(figure.joints, it),
  ) as [Point, Point, Point];
  const now = {
    x: shoulder.x + short * (elbow.x - shoulder.x),
    y: shoulder.y + short * (elbow.y - shoulder.y),
  };
  setJoint(joints, 'leftElbow', now);
  setJoint(joints, 'leftWrist', {
    x: now.x + short * (wrist.x - elbow.x),
    y: now.y + short * (wrist.y - elbow.y),
  });
  const skin = createSkin({ ...figure, layers, wideSleeves: ['leftArm'] });
  skin.pose(frameOf(joints));
  const out = new Float32Array(ANGLES.length * 2);
  skin.place(0, out);
  return ANGLES.flatMap((angle, n) => {
    // Downwards is past the upper arm, upwards before the forearm.
    const isPast = Math.sin(angle) * (names[0] === 'leftArm' ? 1 : -1) > 0.5;
    return isPast ? [Math.hypot(out[n * 2]! - now.x, out[n * 2 + 1]! - now.y)] : [];
  });
}

type Point = { x: number; y: number };

test('the ends of a cut sleeve stay round at the elbow of an arm that points at the camera', () => {
  for (const first of ['leftArm', 'leftForearm'] as const) {
    const names = first === 'leftArm' ? (['leftArm', 'leftForearm'] as const) : ([first] as const);
    for (const short of [0.15, 0.5, 1, 1.2]) {
      const reaches = reachesOf(names, short);
      assert.ok(reaches.length >= 3);
      for (const reach of reaches) assert.ok(Math.abs(reach - RADIUS) < 0.8, `${short}: ${reach}`);
    }
  }
});

test('arms in one piece are shortened with their bones as before', () => {
  const reaches = reachesOf(['leftArm'], 0.2);
  assert.ok(Math.min(...reaches) < 0.6 * RADIUS, `${reaches}`);
});
