/**
 * Decides how this character performs that motion: the same input always gives the same
 * performance.
 */

import { doRimsFit } from '../detect/face-iris.ts';
import { readFaceTopology } from '../detect/face-topology.ts';
import { type Character, JOINTS } from '../model/character.ts';
import { type Finding, MotionError } from '../model/finding.ts';
import { JOINT_INDEX } from '../model/joints.ts';
import type { Motion, MotionFrame } from '../model/motion.ts';
import {
  type FacePerformance,
  INNER_LIPS,
  type Performance,
  type PerformanceFrame,
} from '../model/performance.ts';
import type { Face } from '../model/pose.ts';
import { clamp, softLimit } from '../model/scalar.ts';
import { keepHandsInside } from './arm-room.ts';
import { assembleShape, type Shape } from './assemble.ts';
import { measureApparentScale } from './calibrate.ts';
import { holdCutHands } from './cut-hands.ts';
import { orderByDepth } from './depth.ts';
import { type Driver, readDriver } from './driver.ts';
import { createFaceTransfer } from './expression.ts';
import { type DriverFaces, measureFace, readFaces } from './faces.ts';
import { keepHeadFacing } from './facing.ts';
import { lockFeet } from './feet.ts';
import { type Fit, fitIntoFrame, shareAway } from './fit.ts';
import { findFloor } from './floor.ts';
import { createGazePath } from './gaze.ts';
import { borrowHands } from './hands/borrow-hands.ts';
import type { HandSource } from './hands/will-borrow.ts';
import { followHead, type HeadPath, headSize } from './head.ts';
import { likenToPicture } from './likeness.ts';
import { sweepLimbs } from './limb-sweep.ts';
import { type Orientation, type Standing, standOnFeet } from './root.ts';
import { dropLeavingBodies, joinShots } from './shots.ts';
import { hangSleeves } from './sleeves.ts';
import { swing } from './swing.ts';
import {
  type DriveMode,
  followFaceTrunk,
  followUpperTrunk,
  followWholeTrunk,
  measureSlack,
  type Trunk,
} from './trunk.ts';

/** How much of the clip's staging is taken over. */
export type RetargetOptions = {
  /**
   * `image`: the character keeps its own place, size and facing. `video`: path, apparent size and
   * facing follow the clip.
   */
  orientation: Orientation;
  /**
   * `driver`: hands of the clip at the arms of the character, where they are seen well; `auto`:
   * only where they can be taken for its own. @default 'own'
   */
  hands?: HandSource;
};

/** With `video`, the body grows and shrinks between these sizes. */
const SIZE_LIMITS = [0.55, 1.7] as const;
/** A head that is cut below the chin rolls by at most this times its slack, in radians. */
const ROLL_MAX = 0.5;
/** A picture whose mouth is open this far (of the eye distance) keeps its own teeth. */
const OWN_MOUTH_OPENING = 0.12;
/** A head without a skeleton travels by at most this many head sizes. */
const HEAD_TRAVEL_MAX = 0.3;

/**
 * Transfers a motion to a character. Frames correspond one to one to `motion.frames`. Uses only
 * what both have: a picture without legs is driven above the hips, a clip of a face moves head and
 * expression and lets the torso sway. Throws `MotionError` `no_motion` when too few frames of
 * the clip show a body or a face.
 */
export function retarget(
  character: Character,
  motion: Motion,
  options: RetargetOptions,
): Performance {
  const joined = joinShots(dropLeavingBodies(motion));
  const driver = readDriver(joined);
  const faces = readFaces(joined);
  if (motion.frames.length === 0 || (driver.reach === 'face' && !faces)) {
    throw noMotion(motion);
  }
  const findings: Finding[] = [];
  const mode = chooseMode(character, driver);
  const ownHead = followHead(character, driver, faces, mode === 'full');
  const keepsFacing = mode === 'full' && options.orientation === 'image';
  const head = holdRoll(
    keepsFacing ? keepHeadFacing(ownHead, driver) : ownHead,
    ROLL_MAX * measureSlack(character),
  );
  const driven = character.pose
    ? moveBody(
        character,
        likenToPicture(character, driver),
        head,
        mode,
        options.orientation,
        motion,
        findings,
      )
    : moveHeadOnly(character, head);
  const limbsBehind = orderByDepth(character, driver);
  const borrowed =
    options.hands && options.hands !== 'own'
      ? borrowHands(character, motion, driver, driven, options.hands)
      : null;
  const held = holdCutHands(character, driven.joints, motion.fps, (side, frame) =>
    Boolean(borrowed?.[frame]?.some((hand) => hand.side === side)),
  );
  findings.push(...held.findings);
  const body = { ...driven, joints: held.joints };
  const hands = borrowed?.map((all) => all.filter(({ side }) => !held.sides.includes(side)));
  const timing = { fps: motion.fps, cuts: motion.cuts ?? [] };
  const sway = swing(character, { ...body, roll: head.turns.map(({ roll }) => roll) }, timing);
  const sleeves = hangSleeves(character, body.joints, timing);
  const sweeps = sweepLimbs(character, body.joints, timing);
  const floor = mode === 'full' ? findFloor(character.joints, body.joints, motion.fps) : null;
  const faceOf = createFacePath(character, joined, faces, head);
  const frames = motion.frames.map(
    (frame, i): PerformanceFrame => ({
      timeMs: frame.timeMs,
      joints: body.joints[i]!,
      head: head.turns[i]!,
      headScale: body.headScale[i]!,
      bodyScale: body.bodyScale[i]!,
      face: faceOf(frame, i),
      limbsBehind: limbsBehind[i]!,
      ...(floor ? { floor: floor[i]! } : {}),
      ...(sway ? { sway: sway[i]! } : {}),
      ...(sleeves ? { sleeves: sleeves[i]! } : {}),
      ...(sweeps[i] ? { sweep: sweeps[i] } : {}),
      ...(hands?.[i]?.length ? { hands: hands[i] } : {}),
    }),
  );
  return {
    width: character.width,
    height: character.height,
    fps: motion.fps,
    durationMs: motion.durationMs,
    frames,
    findings,
  };
}

/** The head with no more roll than its place at the border of the picture allows. */
function holdRoll(head: HeadPath, rollMax: number): HeadPath {
  if (rollMax >= ROLL_MAX) return head;
  const turns = head.turns.map((turn) => ({ ...turn, roll: softLimit(turn.roll, rollMax) }));
  return { ...head, turns };
}

function noMotion({ frames }: Motion): MotionError {
  const bodyCount = frames.filter(({ pose }) => pose !== null).length;
  const faceCount = frames.filter(({ face }) => face !== null).length;
  return new MotionError({
    code: 'no_motion',
    severity: 'error',
    message:
      `There is no motion to transfer: of ${frames.length} frames of the clip, ${bodyCount} show ` +
      `a body and ${faceCount} a face; use one that shows a person most of the time.`,
    value: Math.max(bodyCount, faceCount),
  });
}

/** What both the picture and the clip have. */
function chooseMode(character: Character, driver: Driver): DriveMode {
  if (driver.reach === 'face') return 'face';
  const legs =
    character.movingLimbs.includes('leftLeg') && character.movingLimbs.includes('rightLeg');
  return driver.reach === 'full' && legs && character.framing === 'full-body' ? 'full' : 'upper';
}

type BodyPath = { joints: Float32Array[]; headScale: Float64Array; bodyScale: Float64Array };

function moveBody(
  character: Character,
  driver: Driver,
  head: HeadPath,
  mode: DriveMode,
  orientation: Orientation,
  clip: { width: number; height: number },
  findings: Finding[],
): BodyPath {
  const count = driver.frameCount;
  const flat = new Float64Array(count).fill(1);
  const scale = mode === 'face' ? flat : measureApparentScale(driver);
  const trunk = chooseTrunk(character, driver, head, scale, mode, orientation);
  const shape = assembleShape(character, driver, scale, trunk, mode);
  const follows = mode === 'full' && orientation === 'video';
  const size = follows
    ? scale.map((it) => clamp(it / scale[0]!, ...SIZE_LIMITS))
    : new Float64Array(count).fill(1);
  if (mode !== 'full') {
    const placed = placeOnPelvis(character, shape, trunk);
    const joints = mode === 'face' ? placed : keepHandsInside(character, driver, clip, placed);
    return { joints, headScale: head.scale, bodyScale: size };
  }
  const standing = standOnFeet(character, driver, scale, shape, size, trunk.ratio, orientation);
  const joints = placeOnFeet(character, shape, standing, size);
  const fit = fitIntoFrame(character, joints, size, shareAway(driver, clip));
  applyFit(joints, fit);
  if (fit.scale < 0.97) findings.push(shrunkFinding(fit.scale));
  const bodyScale = size.map((it) => it * fit.scale);
  return {
    joints: keepHandsInside(character, driver, clip, joints),
    headScale: bodyScale,
    bodyScale,
  };
}

function chooseTrunk(
  character: Character,
  driver: Driver,
  head: HeadPath,
  scale: Float64Array,
  mode: DriveMode,
  orientation: Orientation,
): Trunk {
  if (mode === 'full') return followWholeTrunk(character, driver, scale, orientation);
  if (mode === 'upper') return followUpperTrunk(character, driver, scale);
  return followFaceTrunk(character, head);
}

function placeOnFeet(
  character: Character,
  shape: Shape,
  standing: Standing,
  size: Float64Array,
): Float32Array[] {
  const numbers = JOINTS.length * 2;
  return Array.from(size, (scale, frame) => {
    const joints = new Float32Array(numbers);
    for (let i = 0; i < numbers; i += 2) {
      joints[i] = standing.pelvisX[frame]! + scale * shape[frame * numbers + i]!;
      joints[i + 1] = standing.pelvisY[frame]! + scale * shape[frame * numbers + i + 1]!;
    }
    lockFeet(character, standing.feet, frame, scale, joints);
    return joints;
  });
}

/** Above a pinned pelvis legs are not driven: they keep their feet where the picture has them. */
function placeOnPelvis(character: Character, shape: Shape, trunk: Trunk): Float32Array[] {
  const numbers = JOINTS.length * 2;
  const pelvis = trunk.pelvis!;
  return Array.from(pelvis.x, (pelvisX, frame) => {
    const joints = new Float32Array(numbers);
    for (let i = 0; i < numbers; i += 2) {
      joints[i] = pelvisX + shape[frame * numbers + i]!;
      joints[i + 1] = pelvis.y[frame]! + shape[frame * numbers + i + 1]!;
    }
    standStill(character, joints);
    return joints;
  });
}

function standStill(character: Character, joints: Float32Array): void {
  for (const side of ['left', 'right'] as const) {
    if (!character.movingLimbs.includes(`${side}Leg`)) continue;
    const hip = JOINT_INDEX[`${side}Hip`] * 2;
    const shares = [
      [`${side}Knee`, 0.5],
      [`${side}Ankle`, 0],
      [`${side}Foot`, 0],
    ] as const;
    for (const [name, share] of shares) {
      const joint = JOINT_INDEX[name] * 2;
      for (const axis of [0, 1]) {
        const moved = joints[hip + axis]! - character.joints[hip + axis]!;
        joints[joint + axis] = character.joints[joint + axis]! + share * moved;
      }
    }
  }
}

function applyFit(frames: readonly Float32Array[], fit: Fit): void {
  for (const joints of frames) {
    for (let i = 0; i < joints.length; i += 2) {
      joints[i] = fit.scale * joints[i]! + fit.x;
      joints[i + 1] = fit.scale * joints[i + 1]! + fit.y;
    }
  }
}

function shrunkFinding(scale: number): Finding {
  const percent = Math.round(scale * 100);
  return {
    code: 'character_shrunk',
    severity: 'warning',
    message:
      'The motion needs more room than the picture has, so the character is drawn at ' +
      `${percent} % of its size; leave more space around it to avoid this.`,
    value: scale,
  };
}

/** A picture with a face but no skeleton: all joints stay, the head travels a little. */
function moveHeadOnly(character: Character, head: HeadPath): BodyPath {
  const size = headSize(character);
  const at = JOINT_INDEX.head * 2;
  const joints = head.turns.map((_, i) => {
    const result = Float32Array.from(character.joints);
    result[at]! += softLimit(head.travelX[i]! * size, HEAD_TRAVEL_MAX * size);
    result[at + 1]! += softLimit(head.travelY[i]! * size, HEAD_TRAVEL_MAX * size);
    return result;
  });
  return { joints, headScale: head.scale, bodyScale: new Float64Array(joints.length).fill(1) };
}

function createFacePath(
  character: Character,
  motion: Motion,
  faces: DriverFaces | null,
  head: HeadPath,
): (frame: MotionFrame, index: number) => FacePerformance | null {
  const { face } = character;
  if (!face) return () => null;
  const rimsFit = character.eyes === 'drawn' || doRimsFit(character.picture, face);
  const transfer = createFaceTransfer(face, faces, readFaceTopology(), rimsFit);
  const gazes = rimsFit ? createGazePath(character, motion.frames, motion.fps) : [];
  const keepsMouth = measureFace(face).mouthOpening > OWN_MOUTH_OPENING;
  return (frame, index) => ({
    points: transfer(index, head.turns[index]!),
    gaze: gazes[index] ?? null,
    mouth:
      keepsMouth || !frame.mouth || !frame.face
        ? null
        : { patch: frame.mouth, lips: lipsOf(frame.face) },
  });
}

function lipsOf(face: Face): Float32Array {
  const lips = new Float32Array(INNER_LIPS.length * 2);
  for (const [i, point] of INNER_LIPS.entries()) {
    lips[i * 2] = face[point * 3]!;
    lips[i * 2 + 1] = face[point * 3 + 1]!;
  }
  return lips;
}
