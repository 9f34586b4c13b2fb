/** A top that follows the bend of the spine, with sleeves, a collar and a hem over the thighs. */

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
import type { Look, Ring } from './looks.ts';
import type { Limb, Skeleton } from './skeleton.ts';
import { clamp, mix, mixVec, smoothstep, toWorld } from './space.ts';
import type { Part, Surface } from './surface.ts';
import { coat, setCloth } from './surface.ts';
import { makeThighs } from './trousers.ts';

const RING_STEPS = 1024;

/** Rings of a torso made even, so that one height costs one look-up. */
function makeProfile(rings: readonly Ring[]) {
  const low = rings[0]![0];
  const high = rings[rings.length - 1]![0];
  const table = new Float64Array((RING_STEPS + 2) * 3);
  for (let step = 0; step <= RING_STEPS + 1; step++) {
    const y = mix(low, high, Math.min(step / RING_STEPS, 1));
    let index = 0;
    while (index < rings.length - 2 && rings[index + 1]![0] < y) index++;
    const [p, q, r, s] = [-1, 0, 1, 2].map(
      (o) => rings[clamp(index + o, 0, rings.length - 1)]!,
    ) as [Ring, Ring, Ring, Ring];
    const t = (y - q[0]) / (r[0] - q[0]);
    for (const field of [1, 2, 3] as const) {
      const [m0, m1] = [(r[field] - p[field]) / 2, (s[field] - q[field]) / 2];
      const [t2, t3] = [t * t, t * t * t];
      table[step * 3 + field - 1] =
        (2 * t3 - 3 * t2 + 1) * q[field] +
        (t3 - 2 * t2 + t) * m0 +
        (3 * t2 - 2 * t3) * r[field] +
        (t3 - t2) * m1;
    }
  }
  return { low, high, table };
}

type Profile = ReturnType<typeof makeProfile>;

/** Distance to the torso whose cross-sections are the profile's ellipses; open below. */
function profileDistance(profile: Profile, x: number, y: number, z: number): number {
  const { low, high, table } = profile;
  const place = clamp(((y - low) / (high - low)) * RING_STEPS, 0, RING_STEPS);
  const index = Math.floor(place);
  const t = place - index;
  const at = index * 3;
  const w = table[at]! + (table[at + 3]! - table[at]!) * t;
  const d = table[at + 1]! + (table[at + 4]! - table[at + 1]!) * t;
  const pz = z - (table[at + 2]! + (table[at + 5]! - table[at + 2]!) * t);
  const k0 = Math.sqrt((x * x) / (w * w) + (pz * pz) / (d * d));
  const k1 = Math.sqrt((x * x) / (w * w * w * w) + (pz * pz) / (d * d * d * d));
  const side = k1 < 1e-6 ? -Math.min(w, d) : (k0 * (k0 - 1)) / k1;
  return -meld(-side, high - y, 0.02);
}

export function makeTop(skeleton: Skeleton, look: Look): Part {
  const { build, chest, arms } = skeleton;
  const top = look.top;
  const profile = makeProfile(top.rings);
  const pelvisFrame = packFrame(skeleton.pelvis);
  const chestFrame = packFrame(chest);
  const sleeves = arms.flatMap((arm, side) => makeSleeve(skeleton, look, arm, side === 0 ? 1 : -1));
  const point = { x: 0, y: 0, z: 0 };
  const thighs = makeThighs(skeleton, look).map((rod) => {
    const wide = Float64Array.from(rod);
    wide[7]! += 0.016;
    return wide;
  });
  /** Undoes the bend of the spine, so that the torso is drawn standing straight. */
  const straighten = (x: number, y: number, z: number): void => {
    const py = localY(pelvisFrame, x, y, z);
    const w = smoothstep(build.waist - 0.11, build.waist + 0.11, py);
    point.x = localX(pelvisFrame, x, y, z) * (1 - w) + localX(chestFrame, x, y, z) * w;
    point.y = py * (1 - w) + (localY(chestFrame, x, y, z) + build.waist) * w;
    point.z = localZ(pelvisFrame, x, y, z) * (1 - w) + localZ(chestFrame, x, y, z) * w;
  };
  const collar = (): number => {
    // The ring leans: lower at the throat, higher at the nape.
    const ring = planar(point.x, point.z + 0.012);
    const rise = point.y - top.collar.y + 0.32 * (point.z + 0.012);
    return planar(ring - top.collar.radius, rise * 0.8) - top.collar.thick;
  };
  return {
    name: 'top',
    centre: toWorld(skeleton.pelvis, [0, build.shoulder * 0.5, 0]),
    radius: top.sleeveEnd > 1 ? 0.78 : 0.52,
    distance: (x, y, z) => {
      straighten(x, y, z);
      let d = profileDistance(profile, point.x, point.y, point.z);
      if (point.y < 0.16) {
        // The hem lies over the thighs, however they are bent, and is cut off straight.
        for (const thigh of thighs) d = meld(d, rodDistance(thigh, x, y, z), 0.05);
        d = -meld(-d, point.y - top.rings[0]![0], 0.008);
      }
      if (point.y > top.collar.y - 0.15) d = meld(d, collar(), 0.008);
      for (const rod of sleeves) d = meld(d, sleeveDistance(rod, x, y, z), rod.soft);
      return d * 0.92;
    },
    relief: (x, y, z) => {
      straighten(x, y, z);
      return topRelief(look, sleeves, point, x, y, z);
    },
    paint: (x, y, z, s) => {
      straighten(x, y, z);
      const near = Math.hypot(point.x, point.z + 0.012) < top.collar.radius + top.collar.thick;
      const rise = point.y - top.collar.y + 0.32 * (point.z + 0.012);
      paintTop(
        look,
        sleeves,
        point,
        (near && rise > 0) || (collar() < 0.003 && rise > -0.006),
        x,
        y,
        z,
        s,
      );
    },
  };
}

/** A rod of a sleeve: `cut` closes its end flat, as a hem does. */
type Sleeve = { rod: Rod; soft: number; cut: boolean; cuff: boolean };

function sleeveDistance(sleeve: Sleeve, x: number, y: number, z: number): number {
  const d = rodDistance(sleeve.rod, x, y, z);
  if (!sleeve.cut) return d;
  const r = sleeve.rod;
  const past = ((x - r[0]!) * r[3]! + (y - r[1]!) * r[4]! + (z - r[2]!) * r[5]!) * r[6]! - 1;
  return -meld(-d, -past / Math.sqrt(r[6]!), 0.006);
}

function makeSleeve(skeleton: Skeleton, look: Look, arm: Limb, sign: number): Sleeve[] {
  const { build, chest } = skeleton;
  const [wide, elbow, end] = look.top.sleeve;
  const neckSide = toWorld(chest, [0.05 * sign, build.shoulder - build.waist + 0.016, -0.01]);
  const sleeves: Sleeve[] = [
    {
      rod: makeRod(neckSide, arm.root, wide * 0.72, wide * 0.86),
      soft: 0.05,
      cut: false,
      cuff: false,
    },
  ];
  const reach = look.top.sleeveEnd;
  if (reach <= 1) {
    const stop = mixVec(arm.root, arm.middle, reach);
    const rod = makeRod(arm.root, stop, wide * 0.98, end);
    return [...sleeves, { rod, soft: 0.045, cut: true, cuff: false }];
  }
  const stop = mixVec(arm.middle, arm.end, reach - 1);
  const cuffStart = mixVec(arm.middle, arm.end, reach - 1.17);
  return [
    ...sleeves,
    { rod: makeRod(arm.root, arm.middle, wide * 0.9, elbow), soft: 0.035, cut: false, cuff: false },
    { rod: makeRod(arm.middle, cuffStart, elbow, end), soft: 0.02, cut: false, cuff: false },
    { rod: makeRod(cuffStart, stop, end * 0.86, end * 0.8), soft: 0.006, cut: true, cuff: true },
  ];
}

type Point = { x: number; y: number; z: number };

const SLEEVE_NEAR = 0.012;

/** The sleeve rod that owns a point, if it lies on a sleeve rather than on the torso. */
function sleeveAt(
  sleeves: Sleeve[],
  x: number,
  y: number,
  z: number,
  within = SLEEVE_NEAR,
): Sleeve | undefined {
  let best: Sleeve | undefined;
  let nearest = within;
  for (const sleeve of sleeves) {
    if (sleeve.soft === 0.05) continue;
    const d = sleeveDistance(sleeve, x, y, z);
    if (d < nearest) {
      nearest = d;
      best = sleeve;
    }
  }
  return best;
}

function topRelief(
  look: Look,
  sleeves: Sleeve[],
  p: Point,
  x: number,
  y: number,
  z: number,
): number {
  const sleeve = sleeveAt(sleeves, x, y, z, 3 * SLEEVE_NEAR);
  const hem = look.top.rings[0]![0];
  const aside = sleeve ? sleeveDistance(sleeve, x, y, z) : 3 * SLEEVE_NEAR;
  if (sleeve && aside < SLEEVE_NEAR) {
    // Folds die out towards the shoulder, where sleeve and torso are one cloth.
    const own = smoothstep(SLEEVE_NEAR, 0.002, aside);
    const along = rodPlace(sleeve.rod, x, y, z) / Math.sqrt(sleeve.rod[6]!);
    if (sleeve.cuff) return 0.0012 * Math.sin(along * 60) + 0.0014 * ribs(p.x * 2, y, z);
    const gather = 0.0022 * Math.sin(along * 95 + 4 * valueNoise(x * 14, y * 14, z * 14));
    const knit = look.top.knit * 0.0006 * Math.sin(along * 700);
    return own * (gather * valueNoise(x * 12, y * 12, z * 12) + knit);
  }
  const low = smoothstep(hem + 0.055, hem + 0.045, p.y) * look.top.knit;
  const angle = Math.atan2(p.x, p.z + 0.02);
  const rib = 0.0016 * Math.sin(angle * 46) * low;
  const knit = look.top.knit * 0.0004 * Math.sin(p.y * 700 + 1.4 * Math.sin(angle * 80));
  const waist = smoothstep(0.25, -0.02, p.y);
  const calm = smoothstep(
    look.build.shoulderHalf * 0.98,
    look.build.shoulderHalf * 0.7,
    Math.abs(p.x),
  );
  return (
    rib +
    calm *
      smoothstep(SLEEVE_NEAR, 3 * SLEEVE_NEAR, aside) *
      (1 - low) *
      (knit + folds(p.x, p.y, p.z, 46) * (0.0028 + 0.005 * waist))
  );
}

function ribs(x: number, y: number, z: number): number {
  return Math.sin(x * 300 + y * 120 + z * 300);
}

/** Distance to a five-pointed star of the given radius, about the origin of the plane. */
function starDistance(x: number, y: number, radius: number): number {
  const angle = Math.atan2(x, y);
  const sector = (Math.PI * 2) / 5;
  const a = Math.abs(((angle + sector * 5.5) % sector) - sector / 2);
  const r = Math.hypot(x, y);
  const [px, py] = [r * Math.sin(a), r * Math.cos(a)];
  // The edge runs from the tip (0, radius) to the inner corner at half a sector.
  const inner = radius * 0.47;
  const [ex, ey] = [inner * Math.sin(sector / 2), inner * Math.cos(sector / 2) - radius];
  return (px * -ey + (py - radius) * ex) / Math.hypot(ex, ey);
}

function paintTop(
  look: Look,
  sleeves: Sleeve[],
  p: Point,
  onCollar: boolean,
  x: number,
  y: number,
  z: number,
  s: Surface,
): void {
  const top = look.top;
  setCloth(s, top.colour, 0.35 + 0.3 * top.knit);
  const sleeve = sleeveAt(sleeves, x, y, z);
  const hem = top.rings[0]![0];
  if (onCollar) coat(s, top.trim, 1);
  if (sleeve?.cuff) coat(s, top.trim, 1);
  if (sleeve?.cut && !sleeve.cuff) {
    const place = rodPlace(sleeve.rod, x, y, z);
    coat(s, top.trim, smoothstep(0.86, 0.87, place));
  }
  if (sleeve) return;
  if (top.motif === 'star' && p.z > 0) {
    coat(s, top.trim, smoothstep(0.001, -0.001, starDistance(p.x, p.y - 0.262, 0.062)));
  }
  if (top.motif === 'stripe') {
    const wide = smoothstep(0.003, 0, Math.abs(p.y - 0.27) - 0.026);
    const thin = smoothstep(0.003, 0, Math.abs(p.y - 0.222) - 0.006);
    coat(s, top.trim, Math.max(wide, thin));
  }
  if (top.knit > 0)
    coat(s, top.trim, 0.9 * smoothstep(0.001, 0, Math.abs(p.y - hem - 0.056) - 0.004));
}
