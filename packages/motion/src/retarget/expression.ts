/** Gives the driver's expression and the turn of the head to the character's face. */

import type { FaceTopology } from '../detect/face-topology.ts';
import { anglesOfAxes, axesOfAngles, multiply, readAxes } from '../model/face-axes.ts';
import { fitSimilarity, rotate } from '../model/horn.ts';
import type { HeadTurn } from '../model/performance.ts';
import type { Face } from '../model/pose.ts';
import { keepBrowsThick } from './brows.ts';
import { type DriverFaces, faceCentre, measureFace, RIGID_POINTS } from './faces.ts';
import { placeLids, readLids } from './lids.ts';
import { createStrainLimit } from './strain.ts';
import { createUnfold } from './unfold.ts';

/** No point of the face moves farther than this share of the face's height. */
const MOVE_MAX = 0.28;
/** The head turns about a point this many face widths behind the face. */
const PIVOT_DEPTH = 0.3;

export type FaceTransfer = (frame: number, turn: HeadTurn) => Face;

/**
 * Prepares the transfer of expressions to `face`: point = S + R(E * size ratios), turned by yaw and
 * pitch about the head. Without the driver's faces only the turn is applied. Eyes that the rims of
 * `face` do not fit (large drawn ones, sunglasses) are not closed.
 */
export function createFaceTransfer(
  face: Face,
  faces: DriverFaces | null,
  topology: FaceTopology,
  rimsFit = true,
): FaceTransfer {
  const gains = faces ? pointGains(face, faces.reference) : null;
  const bearing = faces ? fitSimilarity(faces.reference, face, RIGID_POINTS).rotation : null;
  const lids = faces ? readLids(faces.faces.map(measureFace), rimsFit) : [];
  const size = measureFace(face);
  const limit = MOVE_MAX * size.height;
  const limitStrain = createStrainLimit(face, topology);
  const unfold = createUnfold(face, topology.triangles);
  return (frame, turn) => {
    const target = Float32Array.from(face);
    if (faces && gains && bearing) {
      addExpression(target, faces.expressions[frame]!, gains, bearing, limit);
      keepBrowsThick(target, face);
      placeLids(target, face, lids[frame]!);
    }
    turnFace(target, face, turn, PIVOT_DEPTH * size.width);
    limitStrain(target);
    unfold(target);
    return target;
  };
}

/** How much larger the character's face is than the driver's at each point, x, y and z. */
function pointGains(face: Face, reference: Face): Float32Array {
  const ours = measureFace(face);
  const theirs = measureFace(reference);
  const x = ours.width / theirs.width;
  const y = ours.height / theirs.height;
  const gains = new Float32Array(face.length);
  for (let i = 0; i < gains.length; i += 3) gains.set([x, y, (x + y) / 2], i);
  return gains;
}

function addExpression(
  target: Face,
  expression: Float32Array,
  gains: Float32Array,
  bearing: Float64Array,
  limit: number,
): void {
  for (let i = 0; i < target.length; i += 3) {
    const moved = rotate(
      bearing,
      expression[i]! * gains[i]!,
      expression[i + 1]! * gains[i + 1]!,
      expression[i + 2]! * gains[i + 2]!,
    );
    const far = Math.hypot(moved[0], moved[1]);
    const share = far > limit ? limit / far : 1;
    for (let axis = 0; axis < 3; axis += 1) target[i + axis]! += share * moved[axis]!;
  }
}

function turnFace(target: Face, face: Face, turn: HeadTurn, pivotDepth: number): void {
  const centre = faceCentre(face);
  const pivotZ = centre.z + pivotDepth;
  const axes = readAxes(face);
  const rest = anglesOfAxes(axes);
  const turned = { yaw: rest.yaw + turn.yaw, pitch: rest.pitch + turn.pitch, roll: rest.roll };
  const rotation = multiply(axesOfAngles(turned), axes, true);
  for (let i = 0; i < target.length; i += 3) {
    const moved = rotate(
      rotation,
      target[i]! - centre.x,
      target[i + 1]! - centre.y,
      target[i + 2]! - pivotZ,
    );
    target[i] = centre.x + moved[0];
    target[i + 1] = centre.y + moved[1];
    target[i + 2] = pivotZ + moved[2];
  }
}
