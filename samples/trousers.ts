/** Trousers with folds, and hems that may be turned up. */

import { folds, planar } from './cloth.ts';
import {
  localX,
  localY,
  localZ,
  makeRod,
  meld,
  packFrame,
  type Rod,
  rodDistance,
  rodPlace,
  valueNoise,
} from './distance.ts';
import type { Look } from './looks.ts';
import type { Skeleton } from './skeleton.ts';
import { add, scale, smoothstep, toWorld, turn } from './space.ts';
import type { Part, Surface } from './surface.ts';
import { coat, setCloth } from './surface.ts';

/** The upper legs of the trousers; a long top is worn over them. */
export function makeThighs({ pelvis, legs, build }: Skeleton, look: Look): Rod[] {
  const [wide, narrow] = look.trousers.thigh;
  return legs.map((leg, side) => {
    const x = build.hipHalf * (side === 0 ? 0.86 : -0.86);
    return makeRod(toWorld(pelvis, [x, 0, -0.004]), leg.middle, wide, narrow);
  });
}

export function makeTrousers(skeleton: Skeleton, look: Look): Part {
  const { pelvis, legs } = skeleton;
  const frame = packFrame(pelvis);
  const { hips, shin } = look.trousers;
  const thighs = makeThighs(skeleton, look);
  const rods = legs.map((leg) => {
    const hem = add(leg.end, scale(turn(leg.tip, [0, 1, 0]), -0.012));
    return [thighs[leg === legs[0] ? 0 : 1]!, makeRod(leg.middle, hem, shin[0], shin[1])] as const;
  });
  const [highs, lows] = [rods.map((leg) => leg[0]), rods.map((leg) => leg[1])];
  const cuffed = look.trousers.cuff > 0;
  const cuffOf = (rod: Rod): Rod => {
    const at = (t: number) =>
      [rod[0]! + rod[3]! * t, rod[1]! + rod[4]! * t, rod[2]! + rod[5]! * t] as const;
    return makeRod(at(0.86), at(1), shin[1] + 0.004, shin[1] + 0.005);
  };
  const cuffs = rods.map(([, low]) => cuffOf(low));
  const body = (x: number, y: number, z: number): number => {
    const k0 = planar(planar(x / hips[0], (y - 0.012) / hips[1]), z / hips[2]);
    return (k0 - 1) * Math.min(hips[0], hips[1], hips[2]);
  };
  return {
    name: 'trousers',
    centre: toWorld(pelvis, [0, -0.38, 0]),
    radius: 0.64,
    distance: (x, y, z) => {
      let d = body(localX(frame, x, y, z), localY(frame, x, y, z), localZ(frame, x, y, z));
      for (let side = 0; side < 2; side++) {
        let leg = meld(rodDistance(highs[side]!, x, y, z), rodDistance(lows[side]!, x, y, z), 0.03);
        if (cuffed) leg = meld(leg, flatRod(cuffs[side]!, x, y, z), 0.004);
        d = meld(d, leg, 0.055);
      }
      return d;
    },
    relief: (x, y, z) => trouserRelief(rods, x, y, z),
    paint: (x, y, z, s) => paintTrousers(look, rods, frame, cuffs, x, y, z, s),
  };
}

/** A rod with flat ends. */
function flatRod(r: Rod, x: number, y: number, z: number): number {
  const length = 1 / Math.sqrt(r[6]!);
  const t = ((x - r[0]!) * r[3]! + (y - r[1]!) * r[4]! + (z - r[2]!) * r[5]!) * r[6]!;
  const ends = Math.max(-t, t - 1) * length;
  return -meld(-rodDistance(r, x, y, z), -ends, 0.006);
}

type LegRods = readonly (readonly [Rod, Rod])[];

function nearestLeg(rods: LegRods, x: number, y: number, z: number): readonly [Rod, Rod] {
  const [a, b] = [rods[0]!, rods[1]!];
  const reach = (leg: readonly [Rod, Rod]): number =>
    Math.min(rodDistance(leg[0], x, y, z), rodDistance(leg[1], x, y, z));
  return reach(a) < reach(b) ? a : b;
}

function trouserRelief(rods: LegRods, x: number, y: number, z: number): number {
  const [high, low] = nearestLeg(rods, x, y, z);
  const onThigh = rodDistance(high, x, y, z) < rodDistance(low, x, y, z);
  const t = onThigh ? rodPlace(high, x, y, z) - 1 : rodPlace(low, x, y, z);
  const knee = Math.exp(-((t / 0.2) ** 2));
  const ankle = smoothstep(0.55, 0.9, t);
  const crotch = smoothstep(-0.7, -0.95, t);
  const strength = 0.002 + 0.005 * knee + 0.011 * ankle + 0.006 * crotch;
  return folds(x, y, z, 62) * strength;
}

function paintTrousers(
  look: Look,
  rods: LegRods,
  pelvis: Float64Array,
  cuffs: Rod[],
  x: number,
  y: number,
  z: number,
  s: Surface,
): void {
  const { colour, trim, cuff, stripe } = look.trousers;
  setCloth(s, colour, 0.25);
  const leg = nearestLeg(rods, x, y, z);
  if (cuff > 0) {
    coat(s, trim, 0.05 + 0.1 * valueNoise(x * 160, y * 45, 0.5));
    const t = rodPlace(leg[0], x, y, z);
    coat(s, trim, 0.2 * smoothstep(0.5, 0, Math.abs(t - 0.65)) * smoothstep(0, 0.08, z));
    const folded = Math.min(...cuffs.map((rod) => flatRod(rod, x, y, z)));
    coat(s, trim, 0.85 * smoothstep(0.004, 0.001, folded));
  }
  if (stripe) {
    const side = localX(pelvis, x, y, z) > 0 ? 1 : -1;
    const rod = rodDistance(leg[0], x, y, z) < rodDistance(leg[1], x, y, z) ? leg[0] : leg[1];
    const t = rodPlace(rod, x, y, z);
    const across = z - (rod[2]! + rod[5]! * t);
    const aside = (x - (rod[0]! + rod[3]! * t)) * side;
    coat(s, trim, aside > 0.03 ? smoothstep(0.0025, 0, Math.abs(across - 0.016) - 0.009) : 0);
  }
}
