/**
 * Puts trunk and limbs together into joints; limbs that are not driven keep their bind shape on the
 * torso.
 */

import { wrapAngle } from '../model/angles.ts';
import { type Character, JOINTS, type Joint, LIMB_CHAINS, type Limb } from '../model/character.ts';
import { JOINT_INDEX } from '../model/joints.ts';
import { clamp } from '../model/scalar.ts';
import { spineAngle, torsoCoordinates, torsoFrame, torsoPoint } from '../model/torso.ts';
import { SEGMENTS } from './calibrate.ts';
import type { Driver } from './driver.ts';
import { bindVector, followSegment, type SegmentPath } from './segments.ts';
import type { DriveMode, Trunk } from './trunk.ts';

/**
 * Joints of all frames with the pelvis at the origin, `frameCount * 19 * 2`, at the size of the
 * picture.
 */
export type Shape = Float64Array;

/** The wrist bends by at most this against the forearm, in radians. */
const WRIST_BEND_MAX = 1.2;

/** The joints of every frame relative to the pelvis. */
export function assembleShape(
  character: Character,
  driver: Driver,
  scale: Float64Array,
  trunk: Trunk,
  mode: DriveMode,
): Shape {
  const count = driver.frameCount;
  const stride = JOINTS.length * 2;
  const shape = new Float64Array(count * stride);
  const limbs = drivenLimbs(character, driver, scale, mode);
  const rest = createRest(character);
  const joints = new Float32Array(stride);
  for (let frame = 0; frame < count; frame += 1) {
    joints.fill(0);
    placeTrunk(trunk, frame, joints);
    const turn = rest.place(joints);
    for (const [limb, paths] of limbs) placeLimb(character, limb, paths, frame, turn, joints);
    shape.set(joints, frame * stride);
  }
  return shape;
}

/** The paths of the limbs that follow the driver; legs do only when the body stands on them. */
function drivenLimbs(
  character: Character,
  driver: Driver,
  scale: Float64Array,
  mode: DriveMode,
): Map<Limb, SegmentPath[]> {
  const result = new Map<Limb, SegmentPath[]>();
  if (mode === 'face') return result;
  for (const limb of character.movingLimbs) {
    const isLeg = limb === 'leftLeg' || limb === 'rightLeg';
    if (isLeg && mode !== 'full') continue;
    const chain = LIMB_CHAINS[limb];
    result.set(
      limb,
      chain.map((bone) => followSegment(character, driver, scale, bone)),
    );
  }
  return result;
}

function placeTrunk(trunk: Trunk, frame: number, joints: Float32Array): void {
  const put = (joint: Joint, x: number, y: number): void => {
    joints[JOINT_INDEX[joint] * 2] = x;
    joints[JOINT_INDEX[joint] * 2 + 1] = y;
  };
  const neckX = trunk.spine.x[frame]!;
  const neckY = trunk.spine.y[frame]!;
  const shoulderX = trunk.shoulders.x[frame]!;
  const shoulderY = trunk.shoulders.y[frame]!;
  const hipX = trunk.hips.x[frame]!;
  const hipY = trunk.hips.y[frame]!;
  put('neck', neckX, neckY);
  put('leftShoulder', neckX + shoulderX, neckY + shoulderY);
  put('rightShoulder', neckX - shoulderX, neckY - shoulderY);
  put('leftHip', hipX, hipY);
  put('rightHip', -hipX, -hipY);
  put('head', neckX + trunk.skull.x[frame]!, neckY + trunk.skull.y[frame]!);
}

/** The joints below shoulders and hips as points of the torso. */
function createRest(character: Character): { place(joints: Float32Array): number } {
  const bindAngle = spineAngle(character.joints);
  const bind = torsoFrame(character.joints, bindAngle);
  const free = Object.values(LIMB_CHAINS).flatMap((chain) =>
    chain.map((bone) => JOINT_INDEX[SEGMENTS[bone][1]] * 2),
  );
  const places = free.map((at) =>
    torsoCoordinates(bind, character.joints[at]!, character.joints[at + 1]!),
  );
  return {
    place(joints) {
      const frame = torsoFrame(joints, bindAngle);
      for (const [i, at] of free.entries())
        torsoPoint(frame, places[i]![0], places[i]![1], joints, at);
      return wrapAngle(spineAngle(joints) - bindAngle);
    },
  };
}

function placeLimb(
  character: Character,
  limb: Limb,
  paths: readonly SegmentPath[],
  frame: number,
  turn: number,
  joints: Float32Array,
): void {
  let parentAngle = 0;
  let trust = 1;
  for (const [i, bone] of LIMB_CHAINS[limb].entries()) {
    const [from, to] = SEGMENTS[bone];
    const path = paths[i]!;
    const bind = bindVector(character, bone);
    // Beyond a joint that is not seen nothing is known either.
    trust = Math.min(trust, path.trust[frame]!);
    const rest = bind.angle + turn;
    let angle = rest + trust * wrapAngle(path.angle[frame]! - rest);
    if (i === 2 && /Arm$/.test(limb)) {
      const bendMax = Math.max(WRIST_BEND_MAX, Math.abs(bindBend(character, limb)));
      angle = parentAngle + clamp(wrapAngle(angle - parentAngle), -bendMax, bendMax);
    }
    const length = bind.length * (1 + trust * (path.stretch[frame]! - 1));
    const a = JOINT_INDEX[from] * 2;
    const b = JOINT_INDEX[to] * 2;
    joints[b] = joints[a]! + length * Math.cos(angle);
    joints[b + 1] = joints[a + 1]! + length * Math.sin(angle);
    parentAngle = angle;
  }
}

function bindBend(character: Character, limb: Limb): number {
  const [, middle, end] = LIMB_CHAINS[limb];
  return wrapAngle(bindVector(character, end).angle - bindVector(character, middle).angle);
}
