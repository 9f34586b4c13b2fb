/** Sneakers: a sole, an upper with a toe cap, laces, and a sock above. */
import { localX, localY, localZ, makeRod, meld, packFrame, rodDistance } from './distance.ts';
import type { Look } from './looks.ts';
import type { Limb, Skeleton } from './skeleton.ts';
import { mix, smoothstep, toWorld } from './space.ts';
import type { Part, Surface } from './surface.ts';
import { coat, setPolished } from './surface.ts';

const SOLE_HIGH = 0.028;

export function makeShoes(skeleton: Skeleton, look: Look): Part[] {
  return skeleton.legs.map((leg, side) => makeShoe(skeleton, look, leg, side === 0 ? 1 : -1));
}

function makeShoe(skeleton: Skeleton, look: Look, leg: Limb, sign: number): Part {
  const ankle = skeleton.build.ankle;
  const frame = packFrame(leg.tip);
  const heel = makeRod([0, 0.045, -0.035], [0, 0.043, 0.055], 0.043, 0.044);
  const toe = makeRod([0, 0.043, 0.05], [0.004, 0.037, 0.128], 0.045, 0.036);
  const shaft = makeRod([0, 0.05, -0.012], [0, ankle + 0.012, -0.012], 0.043, 0.04);
  const instep = makeRod([0, 0.078, 0.01], [0, 0.055, 0.085], 0.034, 0.026);
  /** The outline seen from above: narrow heel, broad ball. */
  const outline = (x: number, z: number): number => {
    const t = smoothstep(-0.07, 0.12, z);
    const half = mix(0.043, 0.05, t);
    const long = z > 0.045 ? (z - 0.045) / 0.128 : (0.045 - z) / 0.128;
    const k = (Math.abs(x - 0.006 * t) / half) ** 2.4 + long ** 2.4;
    return (k ** (1 / 2.4) - 1) * 0.045;
  };
  const shape = (x: number, y: number, z: number): number => {
    let upper = meld(rodDistance(heel, x, y, z), rodDistance(toe, x, y, z), 0.03);
    upper = meld(upper, rodDistance(shaft, x, y, z), 0.03);
    upper = meld(upper, rodDistance(instep, x, y, z), 0.03);
    upper = Math.max(upper, 0.012 - y);
    // The sole is far below: its height alone says enough.
    if (y > 0.1) return Math.min(upper, y - SOLE_HIGH);
    const slab = Math.abs(y - SOLE_HIGH / 2) - SOLE_HIGH / 2;
    const sole = -meld(-outline(x, z), -slab, 0.01);
    return Math.min(upper, sole);
  };
  return {
    name: sign > 0 ? 'left shoe' : 'right shoe',
    centre: toWorld(leg.tip, [0, -0.03, 0.045]),
    radius: 0.19,
    distance: (x, y, z) =>
      shape(localX(frame, x, y, z) * sign, localY(frame, x, y, z) + ankle, localZ(frame, x, y, z)) *
      0.9,
    paint: (x, y, z, s) =>
      paintShoe(
        look,
        outline,
        localX(frame, x, y, z) * sign,
        localY(frame, x, y, z) + ankle,
        localZ(frame, x, y, z),
        s,
      ),
  };
}

function paintShoe(
  look: Look,
  outline: (x: number, z: number) => number,
  x: number,
  y: number,
  z: number,
  s: Surface,
): void {
  const { upper, sole, accent, lace } = look.shoes;
  if (y < SOLE_HIGH + 0.001 && outline(x, z) > -0.006) {
    setPolished(s, sole, 0.12, 20);
    coat(
      s,
      accent === sole ? upper : accent,
      smoothstep(0.0018, 0.0006, Math.abs(y - 0.019) - 0.0012),
    );
    return;
  }
  setPolished(s, upper, 0.14, 18);
  s.sheen = 0.15;
  const cap = smoothstep(0.121, 0.123, z + x * x * 6);
  coat(s, accent, cap);
  coat(s, accent, smoothstep(0.002, 0.001, Math.abs(z + 0.055) - 0.012) * (y < 0.1 ? 1 : 0));
  const tongue = smoothstep(0.023, 0.021, Math.abs(x)) * smoothstep(0.11, 0.108, z);
  if (z > 0.015 && y > 0.05) {
    const row = Math.abs(((z * 62 + 0.5 + Math.abs(x) * 10) % 1) - 0.5);
    coat(s, lace, tongue * smoothstep(0.27, 0.22, row));
  }
  if (y > 0.1) coat(s, lace, smoothstep(0.1, 0.101, y));
}
