/**
 * Bare arms and hands: a palm, four fingers of three bones and a thumb, which curl as the pose
 * says. In the hand's frame y runs along the fingers and z out of the palm.
 */
import {
  ellipsoid,
  localX,
  localY,
  localZ,
  makeRod,
  meld,
  packFrame,
  type Rod,
  rodDistance,
} from './distance.ts';
import type { Look } from './looks.ts';
import type { Skeleton } from './skeleton.ts';
import { mixVec, type Vec } from './space.ts';
import type { Part } from './surface.ts';
import { coat, setSkin } from './surface.ts';

/** Knuckle (x towards the little finger, y), length, radius and spread of each finger. */
const FINGERS = [
  { x: -0.158, y: 0.515, length: 0.43, radius: 0.056, spread: -0.13 },
  { x: -0.052, y: 0.54, length: 0.475, radius: 0.057, spread: -0.03 },
  { x: 0.054, y: 0.52, length: 0.44, radius: 0.054, spread: 0.06 },
  { x: 0.15, y: 0.47, length: 0.345, radius: 0.048, spread: 0.17 },
] as const;

/** How a finger's length is shared by its three bones. */
const BONES = [0.46, 0.3, 0.24] as const;

/** Rods of all fingers for a hand of length 1 whose thumb lies on the side of negative x. */
function makeFingers(curl: number): Rod[] {
  const rods: Rod[] = [];
  FINGERS.forEach((finger, index) => {
    const wave = curl * (1 + 0.08 * index);
    let point: Vec = [finger.x, finger.y, 0];
    let bend = 0.1 + wave * 0.9;
    BONES.forEach((share, bone) => {
      const length = finger.length * share;
      const side = Math.sin(finger.spread) * (1 - 0.6 * curl);
      const next: Vec = [
        point[0] + side * length,
        point[1] + Math.cos(bend) * length,
        point[2] + Math.sin(bend) * length,
      ];
      const radius = finger.radius * (1 - 0.09 * bone);
      rods.push(makeRod(point, next, radius, radius * 0.91));
      point = next;
      bend += 0.12 + wave * 1.15;
    });
  });
  return rods;
}

function makeThumb(curl: number): Rod[] {
  const root: Vec = [-0.13, 0.14, 0.05];
  const knuckle: Vec = [-0.27 + 0.05 * curl, 0.33, 0.12 + 0.06 * curl];
  const middle: Vec = [-0.34 + 0.14 * curl, 0.48, 0.15 + 0.1 * curl];
  const tip: Vec = [-0.365 + 0.24 * curl, 0.6 - 0.02 * curl, 0.165 + 0.12 * curl];
  return [
    makeRod(root, knuckle, 0.085, 0.066),
    makeRod(knuckle, middle, 0.063, 0.056),
    makeRod(middle, tip, 0.056, 0.046),
  ];
}

export function makeHands(skeleton: Skeleton, look: Look, curls: readonly [number, number]) {
  return [makeArm(skeleton, look, curls, 0), makeArm(skeleton, look, curls, 1)];
}

function makeArm(
  skeleton: Skeleton,
  look: Look,
  curls: readonly [number, number],
  side: 0 | 1,
): Part {
  const arm = skeleton.arms[side];
  const size = skeleton.build.hand;
  const frame = packFrame(arm.tip);
  // The thumb of a left hand lies at negative x; a right hand is its mirror picture.
  const flip = (side === 0 ? 1 : -1) / size;
  const fingers = makeFingers(curls[side]);
  const thumb = makeThumb(curls[side]);
  const r = look.armRadius;
  const bare = look.top.sleeveEnd < 1;
  const belly = mixVec(arm.middle, arm.end, 0.28);
  const rods = [
    makeRod(arm.middle, belly, r * 0.92, r * 1.02),
    makeRod(belly, arm.end, r * 1.02, r * 0.66),
  ];
  if (bare) rods.push(makeRod(arm.root, arm.middle, r * 1.16, r * 0.95));
  const hand = (x: number, y: number, z: number): number => {
    let d = ellipsoid(x + 0.005, y - 0.27, z, 0.205, 0.3, 0.085);
    d = meld(d, ellipsoid(x, y - 0.47, z + 0.005, 0.2, 0.11, 0.075), 0.05);
    for (const bone of thumb) d = meld(d, rodDistance(bone, x, y, z), 0.05);
    let tips = 1;
    for (const bone of fingers) tips = meld(tips, rodDistance(bone, x, y, z), 0.012);
    return meld(d, tips, 0.05);
  };
  const centre = mixVec(bare ? arm.root : arm.middle, arm.end, bare ? 0.6 : 0.65);
  return {
    name: side === 0 ? 'left arm' : 'right arm',
    centre,
    radius: bare ? 0.46 : 0.3,
    distance: (x, y, z) => {
      let d = rodDistance(rods[0]!, x, y, z);
      for (let i = 1; i < rods.length; i++) d = meld(d, rodDistance(rods[i]!, x, y, z), 0.02);
      const lx = localX(frame, x, y, z) * flip;
      const ly = localY(frame, x, y, z) / size;
      const lz = localZ(frame, x, y, z) / size;
      const away = Math.sqrt(lx * lx + (ly - 0.45) ** 2 + lz * lz) - 0.75;
      if (away > 0.3) return Math.min(d, away * size);
      return meld(d, hand(lx, ly, lz) * size, 0.022);
    },
    paint: (x, y, z, s) => {
      setSkin(s, look.skin);
      const ly = localY(frame, x, y, z) / size;
      const lz = localZ(frame, x, y, z) / size;
      if (ly > 0.1) coat(s, look.blush, lz > 0.05 ? 0.22 : 0.14 * (ly > 0.5 ? 1 : 0.5));
    },
  };
}
