/** Gives the driver's hands the colours of the character's skin, in whatever light they are. */

import type { LabStatistics } from '../../model/motion.ts';
import { median } from '../../model/percentile.ts';
import type { SkinMatch } from '../../model/performance.ts';
import { clamp, mix } from '../../model/scalar.ts';
import type { GoodHand } from './judge-hands.ts';
import type { OwnHand } from './own-hands.ts';

/** Colours spread at most this much more or less than the driver's. */
const SPREAD_LIMITS = [0.6, 1.4] as const;
/** The colour of the arm is met up to these differences of L*, a* and b*. */
const TINT_MAX = [10, 4, 4] as const;
/** Light around a frame is that of the frames up to so far away ... */
const LIGHT_SECONDS = 0.24;
/** ... and so much of its change is taken back; the rest keeps a hand alive. */
const LIGHT_SHARE = 0.75;

/**
 * The match of each frame: one for the whole clip, moved by what the light does to the driver's
 * hand around that frame, because the light on the character stays. Slowly, so that colours do
 * not flicker.
 */
export function matchSkin(
  good: readonly (GoodHand | null)[],
  own: OwnHand,
  isCovered: boolean,
  fps: number,
): (frame: number) => SkinMatch | null {
  const whole = matchWhole(good, own, isCovered);
  if (whole === null) return () => null;
  const reach = Math.round(LIGHT_SECONDS * fps);
  return (frame) => {
    const near = good
      .slice(Math.max(0, frame - reach), frame + reach + 1)
      .flatMap((it) => it?.patch.skin ?? []);
    if (near.length === 0) return whole;
    const lit = (c: 0 | 1 | 2): number =>
      mix(whole.from.mean[c], median(near.map(({ mean }) => mean[c])), LIGHT_SHARE);
    return { ...whole, from: { ...whole.from, mean: [lit(0), lit(1), lit(2)] } };
  };
}

function matchWhole(
  good: readonly (GoodHand | null)[],
  own: OwnHand,
  isCovered: boolean,
): SkinMatch | null {
  if (own.skin === null) return null;
  const skins = good.flatMap((it) => it?.patch.skin ?? []);
  const channel = (of: (skin: LabStatistics) => number): number => median(skins.map(of));
  const from: LabStatistics = {
    mean: [channel((it) => it.mean[0]), channel((it) => it.mean[1]), channel((it) => it.mean[2])],
    deviation: [
      channel((it) => it.deviation[0]),
      channel((it) => it.deviation[1]),
      channel((it) => it.deviation[2]),
    ],
  };
  const { mean, deviation } = own.skin;
  const spread = (c: 0 | 1 | 2): number => {
    const usual = Math.max(from.deviation[c], 1e-3);
    return deviation === null ? usual : usual * clamp(deviation[c] / usual, ...SPREAD_LIMITS);
  };
  const to: LabStatistics = { mean, deviation: [spread(0), spread(1), spread(2)] };
  return { from, to, wrist: wristTint(good, own, { from, to }, isCovered) };
}

/** What the matched arm of the driver still lacks to look like the arm of the character. */
function wristTint(
  good: readonly (GoodHand | null)[],
  own: OwnHand,
  { from, to }: Pick<SkinMatch, 'from' | 'to'>,
  isCovered: boolean,
): [number, number, number] {
  const cuts = good.flatMap((it) => (it?.patch.cut ? [it.patch.cut.lab] : []));
  const target = own.armLab;
  if (target === null) return [0, 0, 0];
  const tint = (c: 0 | 1 | 2): number => {
    // Of a covered arm only the hand tells the colour.
    const arm = isCovered || cuts.length === 0 ? from.mean[c] : median(cuts.map((lab) => lab[c]));
    const spread = to.deviation[c] / Math.max(from.deviation[c], 1e-3);
    const matched = to.mean[c] + (arm - from.mean[c]) * spread;
    return clamp(target[c] - matched, -TINT_MAX[c], TINT_MAX[c]);
  };
  return [tint(0), tint(1), tint(2)];
}
