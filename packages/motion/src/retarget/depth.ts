/**
 * Decides which limbs are behind: calmly, so that a limb does not flicker between front and back.
 */

import { type Character, JOINTS, type Joint, type Limb } from '../model/character.ts';
import { JOINT_INDEX } from '../model/joints.ts';
import { smoothValues } from '../model/smooth-values.ts';
import type { Driver } from './driver.ts';

/**
 * In spine lengths of the driver: a limb goes behind beyond the first value and comes back below
 * the second.
 */
const WRIST_BEHIND = [0.4, 0.2] as const;
const ELBOW_BEHIND = [0.3, 0.15] as const;
/** A leg passes behind the other when its knee and ankle together are this much farther. */
const LEG_BEHIND = 0.06;
const DEPTH_SIGMA_SECONDS = 0.1;

/**
 * Limbs behind, per frame: arms behind the torso, and of two legs the farther one (legs keep their
 * own order against the torso).
 */
export function orderByDepth(character: Character, driver: Driver): Limb[][] {
  const count = driver.frameCount;
  const result = Array.from({ length: count }, (): Limb[] => []);
  if (driver.reach === 'face') return result;
  const spine = spineLengths(driver);
  const depth = (joint: Joint): Float64Array => {
    const values = new Float64Array(count);
    const index = JOINT_INDEX[joint];
    for (let i = 0; i < count; i += 1) values[i] = driver.depth[i * JOINTS.length + index]!;
    return smoothValues(values, DEPTH_SIGMA_SECONDS * driver.fps);
  };
  for (const side of ['left', 'right'] as const) {
    const limb: Limb = `${side}Arm`;
    if (!character.movingLimbs.includes(limb)) continue;
    const shoulder = depth(`${side}Shoulder`);
    const elbow = depth(`${side}Elbow`);
    const wrist = depth(`${side}Wrist`);
    let behind = false;
    for (let i = 0; i < count; i += 1) {
      const wristDepth = (wrist[i]! - shoulder[i]!) / spine[i]!;
      const elbowDepth = (elbow[i]! - shoulder[i]!) / spine[i]!;
      const edge: 0 | 1 = behind ? 1 : 0;
      behind = wristDepth > WRIST_BEHIND[edge] && elbowDepth > ELBOW_BEHIND[edge];
      if (behind) result[i]!.push(limb);
    }
  }
  orderLegs(character, depth, spine, result);
  return result;
}

function orderLegs(
  character: Character,
  depth: (joint: Joint) => Float64Array,
  spine: Float64Array,
  result: Limb[][],
): void {
  const { movingLimbs } = character;
  if (!movingLimbs.includes('leftLeg') || !movingLimbs.includes('rightLeg')) return;
  const [leftKnee, leftAnkle] = [depth('leftKnee'), depth('leftAnkle')];
  const [rightKnee, rightAnkle] = [depth('rightKnee'), depth('rightAnkle')];
  let farther: Limb = 'leftLeg';
  for (const [i, behind] of result.entries()) {
    const left = leftKnee[i]! + leftAnkle[i]!;
    const right = rightKnee[i]! + rightAnkle[i]!;
    const apart = (left - right) / spine[i]!;
    if (apart > LEG_BEHIND) farther = 'leftLeg';
    if (apart < -LEG_BEHIND) farther = 'rightLeg';
    behind.push(farther);
  }
}

function spineLengths(driver: Driver): Float64Array {
  const stride = JOINTS.length * 2;
  const values = new Float64Array(driver.frameCount);
  for (let i = 0; i < driver.frameCount; i += 1) {
    const neck = i * stride + JOINT_INDEX.neck * 2;
    const pelvis = i * stride + JOINT_INDEX.pelvis * 2;
    values[i] = Math.max(
      Math.hypot(
        driver.joints[neck]! - driver.joints[pelvis]!,
        driver.joints[neck + 1]! - driver.joints[pelvis + 1]!,
      ),
      1,
    );
  }
  return values;
}
