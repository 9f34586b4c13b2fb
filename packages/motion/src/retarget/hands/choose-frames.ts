/** Decides in which frames a hand is borrowed, and from which frame of the clip: calmly. */

/** A gap of at most this many frames holds the nearest hand that was seen. */
export const HOLD_FRAMES_MAX = 5;
/** Shorter stretches of borrowed hands would flicker. */
export const RUN_FRAMES_MIN = 6;
/** Own and borrowed hand give way to each other over this many frames. */
export const FADE_FRAMES = 3;

export type HandChoice = {
  /** Frame of the clip whose hand is shown in each frame, or -1 for the character's own hand. */
  source: Int32Array;
  /** 0..1, below 1 only beside frames with the own hand. */
  opacity: Float64Array;
};

/**
 * @param isGood whether the hand of each frame can be borrowed
 * @param hasOwn whether the character has a hand to fall back to; without one the nearest good one
 * is held however long it takes
 * @param canHold whether the hand of one frame still fits the arm of another
 */
export function chooseFrames(
  isGood: readonly boolean[],
  hasOwn: boolean,
  canHold: (frame: number, source: number) => boolean = () => true,
): HandChoice {
  const count = isGood.length;
  const source = nearestGood(isGood);
  if (hasOwn) {
    dropLongGaps(isGood, source);
    for (const [i, from] of source.entries()) if (from >= 0 && !canHold(i, from)) source[i] = -1;
    dropShortRuns(source);
  }
  const opacity = new Float64Array(count);
  let since = FADE_FRAMES;
  for (let i = 0; i < count; i += 1) {
    since = source[i]! < 0 ? 0 : since + 1;
    opacity[i] = Math.min(1, since / (FADE_FRAMES + 1));
  }
  let until = FADE_FRAMES;
  for (let i = count - 1; i >= 0; i -= 1) {
    until = source[i]! < 0 ? 0 : until + 1;
    opacity[i] = Math.min(opacity[i]!, until / (FADE_FRAMES + 1));
  }
  return { source, opacity };
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

function dropLongGaps(isGood: readonly boolean[], source: Int32Array): void {
  let from = 0;
  while (from < isGood.length) {
    let to = from;
    while (to < isGood.length && !isGood[to]) to += 1;
    if (to - from > HOLD_FRAMES_MAX) source.fill(-1, from, to);
    from = to + 1;
  }
}

function dropShortRuns(source: Int32Array): void {
  let from = 0;
  while (from < source.length) {
    let to = from;
    while (to < source.length && source[to]! >= 0) to += 1;
    if (to - from < RUN_FRAMES_MIN) source.fill(-1, from, to);
    from = to + 1;
  }
}
