/** The stick figure with a sleeve whose cloth hangs below its left forearm. */

import { BONES, type Character, INFLUENCES_MAX, type JointPositions } from '../model/character.ts';
import { jointAt, setJoint } from '../model/joints.ts';
import { stickFigure } from './stick-figure.ts';

/** Rows of the grid of cloth are so far apart. */
const STEP = 6;

/**
 * A left forearm that points to the right of the picture with 48 pixels of cloth below it;
 * `isEven` puts as much above it.
 */
export function inWideSleeve({ isEven = false } = {}): Character {
  const figure = stickFigure();
  const joints = Float32Array.from(figure.joints);
  const elbow = jointAt(joints, 'leftElbow');
  setJoint(joints, 'leftWrist', { x: elbow.x + 40, y: elbow.y });
  setJoint(joints, 'leftHand', { x: elbow.x + 52, y: elbow.y });
  const positions: number[] = [];
  for (let y = isEven ? -48 : 0; y <= 48; y += STEP) {
    for (let x = 0; x <= 42; x += STEP) positions.push(elbow.x + x, elbow.y + y);
  }
  const count = positions.length / 2;
  const boneWeights = new Float32Array(count * INFLUENCES_MAX);
  for (let vertex = 0; vertex < count; vertex += 1) boneWeights[vertex * INFLUENCES_MAX] = 1;
  const mesh = {
    positions: Float32Array.from(positions),
    triangles: new Uint32Array(),
    boneIndices: new Uint8Array(count * INFLUENCES_MAX).fill(BONES.indexOf('leftForearm')),
    boneWeights,
  };
  const arm = { ...figure.layers[0]!, name: 'leftArm' as const, mesh };
  return { ...figure, joints, layers: [arm], wideSleeves: ['leftArm'] };
}

/** Joints with the left forearm turned about its elbow, clockwise. */
export function turnForearm(joints: JointPositions, degrees: number): JointPositions {
  const turned = Float32Array.from(joints) as JointPositions;
  const elbow = jointAt(joints, 'leftElbow');
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  for (const name of ['leftWrist', 'leftHand'] as const) {
    const { x, y } = jointAt(joints, name);
    const [dx, dy] = [x - elbow.x, y - elbow.y];
    setJoint(turned, name, { x: elbow.x + cos * dx - sin * dy, y: elbow.y + sin * dx + cos * dy });
  }
  return turned;
}
