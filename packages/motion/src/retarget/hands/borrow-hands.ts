/** Gives the character the hands of the driver, where they are seen well enough to be believed. */

import { directionOf } from '../../detect/find-hand.ts';
import { wrapAngle } from '../../model/angles.ts';
import { type Character, JOINTS, type Joint } from '../../model/character.ts';
import { HAND, handPointAt, palmLength, SIDES, type Side } from '../../model/hand.ts';
import { JOINT_INDEX, jointAt, jointDistance } from '../../model/joints.ts';
import { distanceBetween } from '../../model/landmarks.ts';
import type { HandSighting, HandSightings, Motion } from '../../model/motion.ts';
import { median } from '../../model/percentile.ts';
import type { BorrowedHand, SkinMatch } from '../../model/performance.ts';
import { clamp } from '../../model/scalar.ts';
import { measureApparentScale, referenceLength, type Segment, trackSegment } from '../calibrate.ts';
import type { Driver } from '../driver.ts';
import { bindVector } from '../segments.ts';
import { isAttached, measureAttachment, unfold } from './attachment.ts';
import { chooseFrames } from './choose-frames.ts';
import { beginsAtWrist, type GoodHand, judgeHands } from './judge-hands.ts';
import { matchSkin } from './match-skin.ts';
import { type OwnHand, readOwnHand } from './own-hands.ts';
import {
  type ArmCut,
  type ArmPath,
  calmAnchors,
  calmCuts,
  limitBend,
  meetArm,
  turnHand,
} from './place-hand.ts';
import {
  areCovered,
  canTakeHand,
  GOOD_FRAMES_MIN,
  type HandSource,
  isAlike,
} from './will-borrow.ts';

/** Hands nearer to each other than this many palms cannot be told apart by colour. */
const HANDS_APART_MIN = 1.1;
/** A hand that comes near the camera is drawn at most this much larger than usual. */
const PALM_GROWTH_MAX = 1.15;
/** Bodies whose arms, shoulders and heads differ more in proportion are not both people. */
const PROPORTIONS_MAX = 1.6;
/** A hand is not held while its forearm turns by more than this, in radians. */
const HOLD_TURN_MAX = 0.45;
/** So near to where it was seen a hand always turns with its arm: not all frames are looked at. */
const HOLD_ALWAYS_SECONDS = 0.07;
/** Where the arm of the driver begins, in palm lengths along it: bare, or under a sleeve. */
const FADE_BARE = [-0.6, -0.05] as const;
const FADE_SLEEVE = [-0.42, -0.3] as const;
/** From a sleeve only the hand itself comes, and the own wrist has to reach up to it. */
const FADE_CUFF = [0, 0.16] as const;
const FADE_TO_CUFF = [0.1, 0.28] as const;
/** There a hand is this much wider than the arm where that is measured. */
const HEEL_WIDTH = 1.12;
/** What its own arm leaves of the width of a hand's heel. */
const HEEL_FACTORS = [0.85, 1.05] as const;
/** The wrist point of the hand lies at most this far from that of the body, in palm lengths. */
const OFFSET_MAX = 0.35;

/** The body of the character over time, as it was decided before. Joints are changed in place. */
export type MovedBody = { joints: readonly Float32Array[]; bodyScale: Float64Array };

/**
 * The borrowed hands of each frame. While a hand is borrowed, the own one, which is then unseen, is
 * held straight in `body.joints`, so that the wrist under the seam does not bend.
 */
export function borrowHands(
  character: Character,
  motion: Motion,
  driver: Driver,
  body: MovedBody,
  wanted: Exclude<HandSource, 'own'>,
): BorrowedHand[][] {
  const result = Array.from(motion.frames, (): BorrowedHand[] => []);
  if (driver.reach === 'face') return result;
  const scale = measureApparentScale(driver);
  for (const side of SIDES) {
    if (!canTakeHand(character, side, wanted)) continue;
    const sightings = motion.frames.map(({ hands }) => clearHand(hands, side));
    const hands = borrowSide(character, side, sightings, { driver, scale, body, wanted });
    for (const [i, hand] of hands.entries()) {
      if (hand === null) continue;
      result[i]!.push(hand);
      straighten(character, side, body, i);
    }
  }
  return result;
}

/** The hand of a side, unless it touches the other one: skin before skin cannot be cut apart. */
function clearHand(hands: HandSightings | undefined, side: Side): HandSighting | null {
  const hand = hands?.[side] ?? null;
  const other = hands?.[side === 'left' ? 'right' : 'left'] ?? null;
  if (hand === null || other === null) return hand;
  const away = distanceBetween(
    handPointAt(hand.hand, HAND.middleBase),
    handPointAt(other.hand, HAND.middleBase),
  );
  return away < HANDS_APART_MIN * palmLength(hand.hand) ? null : hand;
}

type Setting = {
  driver: Driver;
  scale: Float64Array;
  body: MovedBody;
  wanted: 'auto' | 'driver';
};

function borrowSide(
  character: Character,
  side: Side,
  sightings: readonly (HandSighting | null)[],
  { driver, scale, body, wanted }: Setting,
): (BorrowedHand | null)[] {
  const arm = driverArm(driver, side);
  const wristOf = (i: number) => driverJoint(driver, i, `${side}Wrist`);
  const seen = judgeHands(sightings, wristOf, arm, driver.fps);
  const patches = seen.flatMap((it) => it?.patch ?? []);
  if (patches.length < GOOD_FRAMES_MIN) return seen.map(() => null);
  const palm = median(seen.flatMap((it, i) => (it ? [it.patch.palm / scale[i]!] : [])));
  const own = readOwnHand(character, side);
  const ratios = bodyRatios(character, driver, scale);
  const isCovered = areCovered(patches);
  if (wanted === 'auto' && !(arePeople(ratios) && isAlike(own, patches)))
    return seen.map(() => null);
  // A hand from a sleeve brings no wrist along: where the picture shows one it has to reach up to
  // it.
  const hasOwn = own.isVisible || own.isOdd;
  const endsAtCuff = isCovered && (hasOwn || !own.isInSleeve);
  const whole = endsAtCuff ? seen.map((it) => (it && beginsAtWrist(it) ? it : null)) : seen;
  const ratio = median(ratios);
  const offsets = whole.map((it, i) => it && offsetOf(it, wristOf(i), arm.angle[i]!));
  const place = createPlacing({
    good: whole,
    own,
    arm,
    character,
    fps: driver.fps,
    palm,
    ratio,
    scale,
    body,
    endsAtCuff,
    rest: restOffset(character, own, offsets, ratio),
    matchOf: matchSkin(whole, own, isCovered, driver.fps),
  });
  const hangs = (i: number, from: number): boolean =>
    isAttached(measureAttachment(character, body.joints[i]!, body.bodyScale[i]!, place(i, from)));
  const source = chooseFrames(
    whole.map((it, i) => it !== null && (!hasOwn || hangs(i, i))),
    {
      fps: driver.fps,
      hasOwn,
      canHold: (i, from) =>
        (Math.abs(i - from) <= HOLD_ALWAYS_SECONDS * driver.fps ||
          Math.abs(wrapAngle(arm.angle[i]! - arm.angle[from]!)) < HOLD_TURN_MAX) &&
        hangs(i, from),
      pace: (i) => distanceBetween(wristOf(i), wristOf(Math.max(0, i - 1))) / palm,
    },
  );
  return whole.map((_, i) => (source[i]! < 0 ? null : place(i, source[i]!)));
}

/** Whether picture and clip show bodies of much the same proportions. */
function arePeople(ratios: readonly number[]): boolean {
  return Math.max(...ratios) < PROPORTIONS_MAX * Math.min(...ratios);
}

/** What decides where the hands of one arm are drawn; arrays have an entry for each frame. */
type Placing = {
  good: readonly (GoodHand | null)[];
  own: OwnHand;
  /** Forearms of the driver. */
  arm: ArmPath;
  character: Character;
  fps: number;
  /** Usual palm of the driver at apparent scale 1. */
  palm: number;
  ratio: number;
  scale: Float64Array;
  body: MovedBody;
  endsAtCuff: boolean;
  rest: { along: number; across: number };
  matchOf: (frame: number) => SkinMatch | null;
};

/** Places the hand that frame `from` of the clip shows at the arm of frame `i`. */
function createPlacing(it: Placing): (i: number, from: number) => BorrowedHand {
  const { good, own, arm, palm, ratio, scale, body, endsAtCuff, rest } = it;
  const { side } = own;
  const ours = characterArm(body, side);
  const turn = turnHand(arm, ours, palm, it.fps);
  const bindLength = jointDistance(it.character.joints, `${side}Elbow`, `${side}Wrist`);
  const anchors = calmAnchors(good.map((hand) => hand && handPointAt(hand.hand, HAND.wrist)));
  const cuts = calmCuts(good.map((hand) => hand?.patch.cut ?? null));
  const heels = calmCuts(good.map((hand) => hand?.patch.heel ?? null));
  const fade = own.isInSleeve ? FADE_SLEEVE : endsAtCuff ? FADE_CUFF : FADE_BARE;
  const ownCut = endsAtCuff ? { ...own.cut, fade: FADE_TO_CUFF } : own.cut;
  return (i, from) => {
    const { hand, patch } = good[from]!;
    const bodyScale = body.bodyScale[i]!;
    const growth = palmLength(hand) / scale[from]! / palm;
    const size = (Math.min(1, PALM_GROWTH_MAX / growth) * ratio * bodyScale) / scale[from]!;
    const start = (endsAtCuff ? heels : cuts)[from]!;
    const theirs = own.arm && scaleCut(own.arm, bodyScale, endsAtCuff ? HEEL_WIDTH : 1);
    const meeting = meetArm(start, theirs, size, patch.palm * size);
    // Where only the hand is shown, it narrows at its heel and keeps its size.
    const factor = endsAtCuff ? 1 : meeting.factor;
    // What lies before the wrist is drawn with the forearm, and shortens with it.
    const stretch = rest.along < 0 ? ours.length[i]! / bindLength : bodyScale;
    const along = rest.along * Math.min(stretch, bodyScale);
    const across = rest.across * bodyScale + meeting.shift;
    const cos = Math.cos(ours.angle[i]!);
    const sin = Math.sin(ours.angle[i]!);
    const wrist = jointAt(body.joints[i]!, `${side}Wrist`);
    // A held hand goes on turning with its forearm.
    const held = clamp(wrapAngle(arm.angle[i]! - arm.angle[from]!), -HOLD_TURN_MAX, HOLD_TURN_MAX);
    const palms = ours.length[i]! / (patch.palm * size);
    const rotation = limitBend(turn[i]! + held, directionOf(hand), ours.angle[i]!, palms);
    return {
      side,
      patch,
      anchor: anchors[from]!,
      place: { x: wrist.x + along * cos - across * sin, y: wrist.y + along * sin + across * cos },
      scale: size * factor,
      rotation:
        own.isVisible || own.isOdd ? rotation : unfold(rotation, patch.axis, ours.angle[i]!, palms),
      isInSleeve: own.isInSleeve,
      fade,
      heel: endsAtCuff && start && theirs ? narrowHeel(start, theirs.width, size * factor) : null,
      match: it.matchOf(from),
      own: ownCut,
    };
  };
}

function scaleCut({ offset, width }: ArmCut, scale: number, growth: number): ArmCut {
  return { offset: offset * scale, width: width * scale * growth };
}

function narrowHeel(
  { offset, width }: ArmCut,
  wanted: number,
  scale: number,
): BorrowedHand['heel'] {
  return { middle: offset, factor: clamp(wanted / (width * scale), ...HEEL_FACTORS) };
}

function driverJoint(driver: Driver, frame: number, joint: Joint): { x: number; y: number } {
  const at = (frame * JOINTS.length + JOINT_INDEX[joint]) * 2;
  return { x: driver.joints[at]!, y: driver.joints[at + 1]! };
}

function driverArm(driver: Driver, side: Side): ArmPath {
  const angle = new Float64Array(driver.frameCount);
  const length = new Float64Array(driver.frameCount);
  for (let i = 0; i < driver.frameCount; i += 1) {
    const elbow = driverJoint(driver, i, `${side}Elbow`);
    const wrist = driverJoint(driver, i, `${side}Wrist`);
    angle[i] = Math.atan2(wrist.y - elbow.y, wrist.x - elbow.x);
    length[i] = distanceBetween(elbow, wrist);
  }
  return { angle, length };
}

function characterArm(body: MovedBody, side: Side): ArmPath {
  const ends = body.joints.map(
    (joints) => [jointAt(joints, `${side}Elbow`), jointAt(joints, `${side}Wrist`)] as const,
  );
  return {
    angle: Float64Array.from(ends, ([a, b]) => Math.atan2(b.y - a.y, b.x - a.x)),
    length: Float64Array.from(ends, ([a, b]) => distanceBetween(a, b)),
  };
}

/** Character pixels for one clip pixel at apparent scale 1, by arms, shoulders and head. */
function bodyRatios(character: Character, driver: Driver, scale: Float64Array): number[] {
  const segments: Segment[] = ['leftForearm', 'rightForearm', 'shoulders', 'skull'];
  return segments.map((segment) => {
    const bind = bindVector(character, segment);
    const track = trackSegment(driver, scale, segment);
    return bind.length / referenceLength(track, bind.angle, segment);
  });
}

/** The wrist point of a hand against that of the body, in the frame of the forearm, in palms. */
function offsetOf(
  { hand, patch }: GoodHand,
  wrist: { x: number; y: number },
  angle: number,
): { along: number; across: number; palm: number } {
  const own = handPointAt(hand, HAND.wrist);
  const dx = own.x - wrist.x;
  const dy = own.y - wrist.y;
  return {
    along: dx * Math.cos(angle) + dy * Math.sin(angle),
    across: dy * Math.cos(angle) - dx * Math.sin(angle),
    palm: patch.palm,
  };
}

/** Where the hand starts on the character, seen from the wrist of the body, in its bind size. */
function restOffset(
  character: Character,
  own: OwnHand,
  seen: readonly ({ along: number; across: number; palm: number } | null)[],
  ratio: number,
): { along: number; across: number } {
  if (!own.isVisible) {
    const known = seen.filter((it) => it !== null);
    const limit = OFFSET_MAX * median(known.map(({ palm }) => palm));
    return {
      along: ratio * clamp(median(known.map(({ along }) => along)), -limit, limit),
      across: 0,
    };
  }
  const elbow = jointAt(character.joints, `${own.side}Elbow`);
  const wrist = jointAt(character.joints, `${own.side}Wrist`);
  const angle = Math.atan2(wrist.y - elbow.y, wrist.x - elbow.x);
  const dx = own.cut.x - wrist.x;
  const dy = own.cut.y - wrist.y;
  return {
    along: dx * Math.cos(angle) + dy * Math.sin(angle),
    across: dy * Math.cos(angle) - dx * Math.sin(angle),
  };
}

function straighten(character: Character, side: Side, body: MovedBody, frame: number): void {
  const joints = body.joints[frame]!;
  const elbow = jointAt(joints, `${side}Elbow`);
  const wrist = jointAt(joints, `${side}Wrist`);
  const length = distanceBetween(elbow, wrist);
  if (length < 1e-6) return;
  const hand =
    jointDistance(character.joints, `${side}Wrist`, `${side}Hand`) * body.bodyScale[frame]!;
  const at = JOINT_INDEX[`${side}Hand`] * 2;
  joints[at] = wrist.x + (hand * (wrist.x - elbow.x)) / length;
  joints[at + 1] = wrist.y + (hand * (wrist.y - elbow.y)) / length;
}
