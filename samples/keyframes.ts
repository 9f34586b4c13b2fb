/** Values over the beats of a round dance: keys joined by curves that never overshoot. */

/** A value at a beat. */
export type Key = readonly [beat: number, value: number];

/** Keys in the order of their beats; after the last one the first follows, one round later. */
export type Track = readonly Key[];

/**
 * Reads a track that begins again after `beats`. Slopes after F. N. Fritsch and J. Butland
 * (1984): where the keys turn the curve comes to rest, as a moving body does.
 */
export function readTrack(track: Track, beats: number, beat: number): number {
  const count = track.length;
  const at = ((beat % beats) + beats) % beats;
  const index = track.findLastIndex(([keyBeat]) => keyBeat <= at);
  const key = (i: number): Key => {
    const round = Math.floor(i / count);
    const [keyBeat, value] = track[i - round * count]!;
    return [keyBeat + round * beats, value];
  };
  const [p, q, r, s] = [key(index - 1), key(index), key(index + 1), key(index + 2)];
  const length = r[0] - q[0];
  const t = (at - q[0]) / length;
  const here = slope(q, r);
  const start = gentle(slope(p, q), here) * length;
  const end = gentle(here, slope(r, s)) * length;
  const [t2, t3] = [t * t, t * t * t];
  return (
    (2 * t3 - 3 * t2 + 1) * q[1] +
    (t3 - 2 * t2 + t) * start +
    (3 * t2 - 2 * t3) * r[1] +
    (t3 - t2) * end
  );
}

const slope = (a: Key, b: Key): number => (b[1] - a[1]) / (b[0] - a[0]);

function gentle(before: number, after: number): number {
  return before * after <= 0 ? 0 : (2 * before * after) / (before + after);
}

/** A soft bump of height 1 about each of the beats; `width` is where it has fallen to a third. */
export function readBumps(
  places: readonly number[],
  width: number,
  beats: number,
  beat: number,
): number {
  return places.reduce((sum, place) => {
    const away = beat - place - beats * Math.round((beat - place) / beats);
    return sum + Math.exp(-((away / width) ** 2));
  }, 0);
}
