/**
 * Notices where a clip cuts to another shot, so that nothing is smoothed, bridged or followed from
 * one shot into the next.
 */

import { mayBeCut, standsOut } from '../model/colour-watch.ts';
import type { Finding } from '../model/finding.ts';
import type { Pose } from '../model/pose.ts';
import { isAnotherShot } from '../model/same-person.ts';
import type { Series } from './series.ts';

/** Times named in one sentence, at most. */
const TIMES_NAMED_MAX = 5;

/** What a frame must tell to be judged. */
export type CutEvidence = { colourChange: number | null; pose: Pose | null };

/**
 * Frames that begin another shot: the colours jump and the body does too, or there is none on one
 * side.
 */
export function findCuts(frames: readonly (CutEvidence | null)[]): number[] {
  const cuts: number[] = [];
  // A repeated frame was not looked at and tells nothing.
  const looked = frames.flatMap((frame, index) =>
    frame !== null && (frame.colourChange !== null || index === 0) ? [{ ...frame, index }] : [],
  );
  const changeAt = (i: number): number => looked[i]?.colourChange ?? 0;
  for (let i = 1; i < looked.length; i += 1) {
    const change = changeAt(i);
    if (!mayBeCut(change) || !standsOut(change, changeAt(i - 1), changeAt(i + 1))) continue;
    if (isAnotherShot(looked[i - 1]!.pose, looked[i]!.pose)) cuts.push(looked[i]!.index);
  }
  return cuts;
}

/** Runs `clean` on the frames of each shot alone. */
export function cleanShots(
  series: Series,
  cuts: readonly number[],
  clean: (shot: Series, from: number) => Series,
): Series {
  const edges = [0, ...cuts, series.length];
  return edges
    .slice(1)
    .flatMap((to, i) => (to > edges[i]! ? clean(series.slice(edges[i]!, to), edges[i]!) : []));
}

/** Says when the clip cuts, in seconds; nothing when it never does. */
export function tellCuts(timesSeconds: readonly number[]): Finding[] {
  if (timesSeconds.length === 0) return [];
  const named = timesSeconds.slice(0, TIMES_NAMED_MAX).map((time) => `${time.toFixed(2)} s`);
  const more = timesSeconds.length - named.length;
  return [
    {
      code: 'cut',
      severity: 'warning',
      message:
        `The clip cuts to another shot at ${named.join(', ')}${more > 0 ? ` and ${more} more times` : ''}; ` +
        'the character holds its pose until then and goes on at the same place. Use one shot for ' +
        'an unbroken movement.',
      value: Math.round(timesSeconds[0]! * 100) / 100,
    },
  ];
}
