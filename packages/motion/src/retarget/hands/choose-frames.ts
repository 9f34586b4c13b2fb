/** Decides in which frames a hand is borrowed, and from which frame of the clip: calmly. */

/** A gap of at most this long holds the nearest hand that was seen. */
export const HOLD_SECONDS_MAX = 0.2;
/** Shorter stretches of borrowed hands would flicker ... */
export const RUN_SECONDS_MIN = 0.2;
/** ... and so would those of a single frame, however long it is shown. */
const RUN_FRAMES_MIN = 2;
/**
 * Own and borrowed hand take turns at once: seen together, in two shapes, they would be a ghost.
 * The borrowed one may stay or come this much longer, to where the arm moves most and hides it.
 */
export const SWITCH_SECONDS = 0.08;
/** Each frame that a hand is held for it must gain this much pace, in palm lengths a frame. */
const SWITCH_COST = 0.06;

export type ChoiceSetting = {
  fps: number;
  /**
   * Whether the character has a hand to fall back to; without one the nearest good one is held
   * however long it takes.
   */
  hasOwn: boolean;
  /** Whether the hand of one frame still fits the arm of another. @default always */
  canHold?: (frame: number, source: number) => boolean;
  /** How far the wrist moves from the frame before, in palm lengths. @default it rests */
  pace?: (frame: number) => number;
};

/**
 * Frame of the clip whose hand is shown in each frame, or -1 for the character's own hand.
 *
 * @param isGood whether the hand of each frame can be borrowed
 */
export function chooseFrames(
  isGood: readonly boolean[],
  { fps, hasOwn, canHold = () => true, pace = () => 0 }: ChoiceSetting,
): Int32Array {
  const source = nearestGood(isGood);
  if (!hasOwn) return source;
  dropLongGaps(isGood, source, Math.max(1, Math.round(HOLD_SECONDS_MAX * fps)));
  for (const [i, from] of source.entries()) if (from >= 0 && !canHold(i, from)) source[i] = -1;
  dropShortRuns(source, Math.max(RUN_FRAMES_MIN, Math.round(RUN_SECONDS_MIN * fps)));
  hideSwitches(source, Math.floor(SWITCH_SECONDS * fps), pace, canHold);
  return source;
}

/** Of two equally near ones the earlier. */
function nearestGood(isGood: readonly boolean[]): Int32Array {
  const count = isGood.length;
  const source = new Int32Array(count).fill(-1);
  let last = -1;
  for (let i = 0; i < count; i += 1) {
    if (isGood[i]) last = i;
    source[i] = last;
  }
  let next = -1;
  for (let i = count - 1; i >= 0; i -= 1) {
    if (isGood[i]) next = i;
    if (next >= 0 && (source[i]! < 0 || next - i < i - source[i]!)) source[i] = next;
  }
  return source;
}

function dropLongGaps(isGood: readonly boolean[], source: Int32Array, framesMax: number): void {
  let from = 0;
  while (from < isGood.length) {
    let to = from;
    while (to < isGood.length && !isGood[to]) to += 1;
    if (to - from > framesMax) source.fill(-1, from, to);
    from = to + 1;
  }
}

function dropShortRuns(source: Int32Array, framesMin: number): void {
  let from = 0;
  while (from < source.length) {
    let to = from;
    while (to < source.length && source[to]! >= 0) to += 1;
    if (to - from < framesMin) source.fill(-1, from, to);
    from = to + 1;
  }
}

/** Moves each change between own and borrowed hand to the frame near it that moves most. */
function hideSwitches(
  source: Int32Array,
  reach: number,
  pace: (frame: number) => number,
  canHold: (frame: number, source: number) => boolean,
): void {
  const before = source.slice();
  for (let i = 1; i < before.length; i += 1) {
    const isOwn = before[i - 1]! < 0;
    if (isOwn === before[i]! < 0) continue;
    const step = isOwn ? -1 : 1;
    const shown = isOwn ? before[i]! : before[i - 1]!;
    let held = 0;
    let most = pace(i);
    for (let away = 1; away <= reach; away += 1) {
      const place = i + step * away;
      const taken = isOwn ? place : place - 1;
      if (place < 1 || place >= before.length) break;
      if (before[taken]! >= 0 || !canHold(taken, shown)) break;
      const worth = pace(place) - SWITCH_COST * away;
      if (worth > most) held = away;
      most = Math.max(most, worth);
    }
    const from = isOwn ? i - held : i;
    source.fill(shown, from, from + held);
  }
}
