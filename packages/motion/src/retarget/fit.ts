/**
 * Keeps a full body inside the frame: moves and shrinks the whole performance, never a single
 * frame.
 */

import { type Character, JOINTS, type Joint } from '../model/character.ts';
import type { RgbaImage } from '../model/image.ts';
import { JOINT_INDEX, jointDistance } from '../model/joints.ts';
import { percentile } from '../model/percentile.ts';
import { clamp } from '../model/scalar.ts';
import type { Driver } from './driver.ts';

/** `place' = scale * place + (x, y)`, the same for all frames. */
export type Fit = { scale: number; x: number; y: number };

const TRUNK_JOINTS: readonly Joint[] = [
  'head',
  'leftShoulder',
  'rightShoulder',
  'leftHip',
  'rightHip',
  'leftKnee',
  'rightKnee',
  'leftAnkle',
  'rightAnkle',
  'leftFoot',
  'rightFoot',
];
const HAND_JOINTS: readonly Joint[] = ['leftHand', 'rightHand', 'leftElbow', 'rightElbow'];
/**
 * Trunk, head and feet must be inside; for the hands alone the body does not shrink below the
 * second value.
 */
const SCALE_MIN_BODY = 0.55;
const SCALE_MIN_HANDS = 0.86;
/**
 * Frames beyond these shares at either end may leave the frame; hands do so in many good videos,
 * and as often as the driver's leave the clip.
 */
const BODY_SHARE = 0.02;
const HAND_SHARE = 0.04;
/** Hands count as leaving this near to the border of the clip, in shares of its side. */
const LEAVING_SHARE = 0.05;
/** A pixel belongs to the body above this alpha. */
const ALPHA_MIN = 64;
/**
 * Room that is kept free at the borders where there is enough, unless the picture has less, as a
 * share of the side.
 */
export const BORDER_ROOM = 0.012;
/** A body that goes beyond that room by less than this share of a side is not moved for it. */
const SLACK = 0.024;
/** A fit that would shrink the body by less than this is not worth its loss. */
const SHRINK_MIN = 0.01;

type Range = { low: number; high: number };

/**
 * Finds the fit for joints of all frames in picture pixels; `size` is the size of the body in each
 * frame, `handsAway` what {@link shareAway} says of the driver's hands.
 */
export function fitIntoFrame(
  character: Character,
  frames: readonly Float32Array[],
  size: Float64Array,
  handsAway: readonly [x: number, y: number],
): Fit {
  const reach = reachBeyondJoints(character);
  const anchorX = bindMiddle(character, 0);
  const anchorY = bindMiddle(character, 1);
  const isHeld = isHeldAtSide(character);
  const axes = [
    { axis: 0, length: character.width, anchor: anchorX },
    { axis: 1, length: character.height, anchor: anchorY },
  ] as const;
  let scale = 1;
  const bindSize = Float64Array.of(1);
  const ranges = axes.map(({ axis, length }) => {
    const own = rangeOf([character.joints], bindSize, TRUNK_JOINTS, reach, axis, BODY_SHARE);
    const room: Range = {
      low: clamp(own.low, 0, BORDER_ROOM * length),
      high: clamp(own.high, (1 - BORDER_ROOM) * length, length),
    };
    const trunk = rangeOf(frames, size, TRUNK_JOINTS, reach, axis, BODY_SHARE);
    const away = Math.max(HAND_SHARE, handsAway[axis]);
    const hands = isHeld
      ? trunk
      : join(trunk, rangeOf(frames, size, HAND_JOINTS, reach, axis, away));
    const space = isHeld && axis === 0 ? Number.POSITIVE_INFINITY : length;
    scale = Math.min(
      scale,
      Math.max(space / span(trunk), SCALE_MIN_BODY),
      Math.max(space / span(hands), SCALE_MIN_HANDS),
    );
    return { trunk, hands, room };
  });
  if (scale > 1 - SHRINK_MIN) scale = 1;
  const shifts = axes.map(({ axis, length, anchor }) => {
    if (isHeld && axis === 0) return anchor * (1 - scale);
    const { trunk, hands, room } = ranges[axis]!;
    const place = (it: Range): Range => ({
      low: anchor + scale * (it.low - anchor),
      high: anchor + scale * (it.high - anchor),
    });
    const wished = shiftInto(place(hands), room);
    const needed = place(trunk);
    if (Math.abs(wished) <= SLACK * length) return anchor * (1 - scale);
    // The hands' wish may not push the trunk out on the other side.
    const shift = clamp(
      wished,
      room.low - needed.low,
      Math.max(room.high - needed.high, room.low - needed.low),
    );
    return anchor * (1 - scale) + shift;
  });
  return { scale, x: shifts[0]!, y: shifts[1]! };
}

/**
 * Whether a still arm is cut by the left or right border. Its end stays there, so that a body which
 * moves away to make room would draw it out like dough.
 */
function isHeldAtSide({ joints, movingLimbs, width }: Character): boolean {
  return (['left', 'right'] as const).some((side) => {
    if (movingLimbs.includes(`${side}Arm`)) return false;
    return (['Elbow', 'Wrist', 'Hand'] as const).some((part) => {
      const x = joints[JOINT_INDEX[`${side}${part}`] * 2]!;
      return x < 0 || x >= width;
    });
  });
}

/** How far pixels reach beyond the joints of the bind pose, in pixels. */
function reachBeyondJoints(character: Character): {
  top: number;
  bottom: number;
  side: number;
  hand: number;
} {
  const at = (joint: Joint, axis: number): number =>
    character.joints[JOINT_INDEX[joint] * 2 + axis]!;
  let top = Number.POSITIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  for (const { texture, y } of character.layers) {
    const rows = findRows(texture);
    if (rows === null) continue;
    top = Math.min(top, y + rows.first);
    bottom = Math.max(bottom, y + rows.last);
  }
  const skull = jointDistance(character.joints, 'neck', 'head');
  const lowest = Math.max(
    at('leftFoot', 1),
    at('rightFoot', 1),
    at('leftAnkle', 1),
    at('rightAnkle', 1),
  );
  const shoulders = Math.abs(at('leftShoulder', 0) - at('rightShoulder', 0));
  return {
    top: Number.isFinite(top) ? clamp(at('head', 1) - top, 0.4 * skull, 2.5 * skull) : skull,
    bottom: Number.isFinite(bottom) ? clamp(bottom - lowest, 0, 0.5 * skull) : 0.2 * skull,
    side: 0.25 * shoulders,
    hand: 0.3 * skull,
  };
}

/** First and last row with pixels of the body; the mesh reaches some way beyond them. */
function findRows({ width, height, data }: RgbaImage): { first: number; last: number } | null {
  const isEmpty = (row: number): boolean => {
    for (let i = row * width; i < (row + 1) * width; i += 1) {
      if (data[i * 4 + 3]! > ALPHA_MIN) return false;
    }
    return true;
  };
  let first = 0;
  while (first < height && isEmpty(first)) first += 1;
  if (first === height) return null;
  let last = height - 1;
  while (isEmpty(last)) last -= 1;
  return { first, last };
}

/** How often a hand of the driver is at or beyond the borders of the clip, for each axis. */
export function shareAway(
  driver: Driver,
  clip: { width: number; height: number },
): readonly [x: number, y: number] {
  const stride = JOINTS.length * 2;
  const share = (axis: 0 | 1, length: number): number => {
    let count = 0;
    for (let frame = 0; frame < driver.frameCount; frame += 1) {
      const places = (['leftHand', 'rightHand'] as const).map(
        (joint) => driver.joints[frame * stride + JOINT_INDEX[joint] * 2 + axis]! / length,
      );
      const isAway = places.some((at) => at < LEAVING_SHARE || at > 1 - LEAVING_SHARE);
      if (isAway) count += 1;
    }
    return Math.min(count / Math.max(driver.frameCount, 1), 0.5);
  };
  return [share(0, clip.width), share(1, clip.height)];
}

function rangeOf(
  frames: readonly Float32Array[],
  size: Float64Array,
  joints: readonly Joint[],
  reach: ReturnType<typeof reachBeyondJoints>,
  axis: 0 | 1,
  share: number,
): Range {
  const lows = frames.map((frame, i) =>
    Math.min(
      ...joints.map(
        (it) => frame[JOINT_INDEX[it] * 2 + axis]! - size[i]! * before(it, reach, axis),
      ),
    ),
  );
  const highs = frames.map((frame, i) =>
    Math.max(
      ...joints.map((it) => frame[JOINT_INDEX[it] * 2 + axis]! + size[i]! * after(it, reach, axis)),
    ),
  );
  return { low: percentile(lows, share), high: percentile(highs, 1 - share) };
}

function before(joint: Joint, reach: ReturnType<typeof reachBeyondJoints>, axis: 0 | 1): number {
  if (/Hand/.test(joint)) return reach.hand;
  if (axis === 0) return joint === 'head' ? reach.top : reach.side;
  return joint === 'head' ? reach.top : 0;
}

function after(joint: Joint, reach: ReturnType<typeof reachBeyondJoints>, axis: 0 | 1): number {
  if (axis === 0) return before(joint, reach, axis);
  return /Foot|Ankle/.test(joint) ? reach.bottom : 0;
}

function bindMiddle(character: Character, axis: 0 | 1): number {
  const left = JOINT_INDEX.leftAnkle * 2 + axis;
  const right = JOINT_INDEX.rightAnkle * 2 + axis;
  return (character.joints[left]! + character.joints[right]!) / 2;
}

function shiftInto(range: Range, room: Range): number {
  if (span(range) > span(room)) return (room.low + room.high - range.low - range.high) / 2;
  if (range.low < room.low) return room.low - range.low;
  return Math.min(room.high - range.high, 0);
}

function join(a: Range, b: Range): Range {
  return { low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) };
}

function span(range: Range): number {
  return Math.max(range.high - range.low, 1);
}
