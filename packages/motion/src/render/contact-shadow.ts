/**
 * Lets a figure stand on its floor: a soft shadow under each foot that follows it and fades as the
 * foot rises, as dark as the picture's own.
 */

import type { Character } from '../model/character.ts';
import { luminanceAt } from '../model/colour.ts';
import { jointAt } from '../model/joints.ts';
import type { PerformanceFrame } from '../model/performance.ts';
import { clamp, smoothstep } from '../model/scalar.ts';
import { drawCover } from './cover.ts';
import type { Surface } from './raster.ts';

const SIDES = ['left', 'right'] as const;
/** Foot length seen from the front, as a share of the shin. */
const LENGTH_PER_SHIN = 0.3;
/** Half axes of the shadow in half widths of the sole: right under it, and the soft one around. */
const TIGHT = { x: 1.3, y: 0.42, share: 0.8 } as const;
const WIDE = { x: 2.2, y: 0.85, share: 0.5 } as const;
/** Darkest shadow; a floor on which none can be seen gets the faint one if it has any texture. */
const STRENGTH_MAX = 0.45;
const FAINT = 0.15;
/** The shadow is as dark as this share of its place is at most. */
const DARK_SHARE = 0.88;
/** Less darkness than this in the picture is none. */
const STRENGTH_MIN = 0.02;
/** A foot higher than the lower one, or the floor, by less than this share of the shin stands, */
const LIFT_MIN = 0.14;
/** and by more than this one casts no shadow. */
const LIFT_MAX = 0.45;
/** Both feet higher than the floor by less than this share of a shin have stepped back on it. */
const JUMP_MIN = 0.2;
/** A texture is opaque from here on, and clear below the second. */
const SOLID = 128;
const CLEAR = 8;

/** Where one foot touches the floor in the bind pose. */
type Sole = {
  side: (typeof SIDES)[number];
  x: number;
  y: number;
  halfWidth: number;
  shin: number;
};

/** Darkens the floor under the feet of a frame, before the figure is drawn. */
export type ContactShadow = (canvas: Surface, frame: PerformanceFrame) => void;

/**
 * Null when the picture shows no floor: a figure that is not whole, feet outside the picture, or a
 * background without any texture, as cut-out pictures have.
 */
export function createContactShadow(character: Character): ContactShadow | null {
  const { framing, movingLimbs } = character;
  if (framing !== 'full-body' || !movingLimbs.some((limb) => limb.endsWith('Leg'))) return null;
  const cover = drawCover(character);
  const soles = SIDES.flatMap((side) => findSole(character, cover, side) ?? []);
  if (soles.length === 0) return null;
  const strength = measureStrength(character, cover, soles);
  if (strength === 0) return null;
  return (canvas, frame) => {
    const drops = soles.map(
      (sole) => middleOf(frame.joints, sole).y - middleOf(character.joints, sole).y,
    );
    const lowest = Math.max(...drops);
    const jump = JUMP_MIN * soles[0]!.shin * frame.bodyScale;
    const floor = Math.max(lowest, (frame.floor ?? lowest) - jump);
    for (const [n, sole] of soles.entries()) {
      // A foot that is a little higher than the other may as well stand farther back.
      const lift = (floor - drops[n]!) / (sole.shin * frame.bodyScale);
      const away = clamp((lift - LIFT_MIN) / (LIFT_MAX - LIFT_MIN), 0, 1);
      if (away === 1) continue;
      const from = middleOf(character.joints, sole);
      const x = middleOf(frame.joints, sole).x + (sole.x - from.x) * frame.bodyScale;
      // Who jumps leaves the shadow on the floor.
      const y = sole.y + drops[n]! + floor - lowest;
      const half = sole.halfWidth * frame.bodyScale * (1 + 0.5 * away);
      const depth = strength * (1 - smoothstep(0, 1, away));
      for (const { share, ...axes } of [TIGHT, WIDE]) {
        darken(canvas, x, y, axes.x * half, axes.y * half * (1 + away), share * depth);
      }
    }
  };
}

function middleOf(joints: Float32Array, { side }: Pick<Sole, 'side'>): { x: number; y: number } {
  const ankle = jointAt(joints, `${side}Ankle`);
  const foot = jointAt(joints, `${side}Foot`);
  return { x: (ankle.x + foot.x) / 2, y: (ankle.y + foot.y) / 2 };
}

/** The lowest opaque rows near a foot. */
function findSole(character: Character, cover: Uint8Array, side: Sole['side']): Sole | null {
  const { width, height, joints } = character;
  const ankle = jointAt(joints, `${side}Ankle`);
  const knee = jointAt(joints, `${side}Knee`);
  const toe = jointAt(joints, `${side}Foot`);
  const shin = Math.hypot(ankle.x - knee.x, ankle.y - knee.y);
  const length = LENGTH_PER_SHIN * shin;
  // What lies beyond the middle between feet that are close belongs to the other one.
  const own = middleOf(joints, { side });
  const other = middleOf(joints, { side: side === 'left' ? 'right' : 'left' });
  const apart = Math.abs(own.x - other.x) / 2;
  const [low, high] = [own.x - Math.max(4, apart), own.x + Math.max(4, apart)];
  const left = Math.round(Math.max(0, low, Math.min(ankle.x, toe.x) - 0.7 * length));
  const right = Math.round(Math.min(width - 1, high, Math.max(ankle.x, toe.x) + 0.7 * length));
  const lowest = Math.min(height - 1, Math.round(Math.max(ankle.y, toe.y) + length));
  const isCovered = (x: number, y: number): boolean => cover[y * width + x]! > SOLID;
  for (let y = lowest; y > ankle.y; y--) {
    let count = 0;
    for (let x = left; x <= right; x++) if (isCovered(x, y)) count++;
    if (count < 0.15 * length) continue;
    // The sole ends at the border: the floor it stands on is not in the picture.
    if (y >= height - 2) return null;
    const rows = Math.round(0.35 * length);
    let [first, last] = [width, -1];
    for (let row = y; row > y - rows; row--) {
      for (let x = left; x <= right; x++) {
        if (!isCovered(x, row)) continue;
        first = Math.min(first, x);
        last = Math.max(last, x);
      }
    }
    return {
      side,
      x: (first + last) / 2,
      y: y - 0.1 * length,
      halfWidth: (last - first) / 2,
      shin,
    };
  }
  return null;
}

/** How much darker the picture is than its plate beside and below the soles, 0..STRENGTH_MAX. */
function measureStrength(
  { width, height, picture, plate }: Character,
  cover: Uint8Array,
  soles: readonly Sole[],
): number {
  const darkness: number[] = [];
  let [least, most] = [255, 0];
  for (const sole of soles) {
    const [rx, ry] = [1.25 * sole.halfWidth, 0.5 * sole.halfWidth];
    for (let y = Math.round(sole.y - ry); y <= sole.y + ry; y++) {
      for (let x = Math.round(sole.x - rx); x <= sole.x + rx; x++) {
        if (x < 0 || y < 0 || x >= width || y >= height) continue;
        const i = y * width + x;
        const floor = luminanceAt(plate.data, 4 * i);
        least = Math.min(least, floor);
        most = Math.max(most, floor);
        if (cover[i]! > CLEAR || Math.hypot((x - sole.x) / rx, (y - sole.y) / ry) > 1) continue;
        darkness.push(1 - luminanceAt(picture.data, 4 * i) / Math.max(1, floor));
      }
    }
  }
  if (most - least < 1) return 0;
  darkness.sort((a, b) => a - b);
  const own = darkness[Math.floor(darkness.length * DARK_SHARE)] ?? 0;
  return own < STRENGTH_MIN ? FAINT : clamp(1.5 * own, FAINT, STRENGTH_MAX);
}

/** Takes light away inside an ellipse, most in its middle. */
function darken(
  { width, height, pixels }: Surface,
  centreX: number,
  centreY: number,
  radiusX: number,
  radiusY: number,
  strength: number,
): void {
  if (!(strength > 0.004) || !(radiusX > 1) || !(radiusY > 0.5)) return;
  const top = Math.max(0, Math.ceil(centreY - radiusY));
  const bottom = Math.min(height - 1, Math.floor(centreY + radiusY));
  for (let y = top; y <= bottom; y++) {
    const across = Math.sqrt(Math.max(0, 1 - ((y - centreY) / radiusY) ** 2)) * radiusX;
    const left = Math.max(0, Math.ceil(centreX - across));
    const right = Math.min(width - 1, Math.floor(centreX + across));
    for (let x = left; x <= right; x++) {
      const r = ((x - centreX) / radiusX) ** 2 + ((y - centreY) / radiusY) ** 2;
      const keep = Math.round(256 * (1 - strength * (1 - r) * (1 - r)));
      const pixel = pixels[y * width + x]!;
      const rb = (Math.imul(pixel & 0x00ff00ff, keep) >>> 8) & 0x00ff00ff;
      const g = (Math.imul((pixel >>> 8) & 0xff, keep) >>> 8) & 0xff;
      pixels[y * width + x] = rb | (g << 8) | 0xff000000;
    }
  }
}
