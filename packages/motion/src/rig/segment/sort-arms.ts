/**
 * Takes out of arms what has the colour of the trunk and not of the arm at that place: a strip of
 * shirt beside a bare forearm would swing along with it.
 */

import type { Limb } from '../../model/character.ts';
import { type Colour, meanColour } from '../../model/colour.ts';
import type { Point } from '../../model/geometry.ts';
import { jointAt } from '../../model/joints.ts';
import { between } from '../../model/landmarks.ts';
import { clamp } from '../../model/scalar.ts';
import { positionOnSegment } from '../../model/segment.ts';
import { skinColour } from './appearance.ts';
import { colourAt, type Figure } from './figure.ts';
import { PART, SIDES } from './parts.ts';
import { colourfulness, isSameSkin, shareOfSkin } from './skin-hue.ts';

/** Colours of an arm are read at so many places of each bone. */
const PLACES = 16;
/** A pixel is compared with the places within so many of its own. */
const NEAR_PLACES = 3;
/** Pixels are read this far beside the bone, as shares of its length. */
const ACROSS = [-0.06, -0.03, 0, 0.03, 0.06] as const;
/**
 * A pixel farther than this (L1, 0..765) from all colours of the arm near it, when those are made
 * as bright as it is, is not arm: shadows change brightness.
 */
const UNLIKE_MIN = 44;
/** Colours are made at most this many times brighter or darker. */
const SHADE_MAX = 2.2;
/** ... and it must be this much nearer to the colours of the trunk than to those of the arm. */
const NEARER_MIN = 6;
const SOLID = 0.9;
/** The upper arm is left alone up to here, where it is one with the shoulder. */
const UPPER_START = 0.3;
/** Skin has at least this much colour (in shares of a colour's sum), or hue tells nothing. */
const SKIN_CHROMA_MIN = 0.03;
/** A cuff is not straight: cloth may still be sleeve up to so many places beyond it. */
const CUFF_PLACES = 1;

type Bone = { a: Point; b: Point; start: number; colours: Float32Array[] };

/** Labels without trunk in moving arms; `excess` is that of `measureExcess`. */
export function sortArms(
  figure: Figure,
  labels: Int8Array,
  excess: readonly Float32Array[],
  frozen: readonly Limb[],
): Int8Array {
  const isForeign = judgeArms(figure, labels, frozen);
  const isPastCuff = judgeCuffs(figure, labels, frozen);
  return labels.map((label, i) => {
    if (label !== PART.leftArm && label !== PART.rightArm) return label;
    if (isPastCuff(i)) return PART.torso;
    if (excess[PART.torso]![i]! + NEARER_MIN > excess[label]![i]!) return label;
    return isForeign(i) ? PART.torso : label;
  });
}

/**
 * Tells of a pixel of a moving arm whether it has none of the colours that the middle of the arm
 * has beside it.
 */
export function judgeArms(
  figure: Figure,
  labels: Int8Array,
  frozen: readonly Limb[],
): (i: number) => boolean {
  const { width } = figure.rgb;
  const arms = new Map<number, Bone[]>();
  for (const side of SIDES) {
    if (frozen.includes(`${side}Arm`)) continue;
    const arm = PART[`${side}Arm`];
    const shoulder = jointAt(figure.joints, `${side}Shoulder`);
    const elbow = jointAt(figure.joints, `${side}Elbow`);
    const wrist = jointAt(figure.joints, `${side}Wrist`);
    arms.set(arm, [
      readBone(figure, labels, arm, shoulder, elbow, UPPER_START),
      readBone(figure, labels, arm, elbow, wrist, 0),
    ]);
  }
  return (i) => {
    const bones = arms.get(labels[i]!);
    const x = i % width;
    return bones !== undefined && isUnlike(figure, bones, x, (i - x) / width, i);
  };
}

/**
 * Tells of a pixel of a moving arm whether it lies beside the bare part of the upper arm without
 * being skin: the colours of a short sleeve, which is of the same cloth as the shirt behind the
 * arm, say nothing there.
 */
function judgeCuffs(
  figure: Figure,
  labels: Int8Array,
  frozen: readonly Limb[],
): (i: number) => boolean {
  const { width, channels } = figure.rgb;
  const face = skinColour(figure);
  const arms = new Map<number, { a: Point; b: Point; skin: Colour; cuff: number }>();
  for (const side of SIDES) {
    if (frozen.includes(`${side}Arm`)) continue;
    const [a, b, wrist] = (['Shoulder', 'Elbow', 'Wrist'] as const).map((name) =>
      jointAt(figure.joints, `${side}${name}`),
    ) as [Point, Point, Point];
    const skin = meanColour(
      [0.3, 0.45, 0.6, 0.75]
        .map((t) => colourAt(figure, between(b, wrist, t)))
        .filter((colour) => colour !== null),
    );
    if (skin === null || colourfulness(skin) < SKIN_CHROMA_MIN) continue;
    if (face === null || !isSameSkin(skin, face)) continue;
    const isBare = (n: number): boolean => {
      const colour = colourAt(figure, between(a, b, n / PLACES));
      return colour !== null && shareOfSkin(skin, ...colour) > 0.5;
    };
    let cuff = PLACES + 1;
    while (cuff > 0 && isBare(cuff - 1)) cuff--;
    if (cuff === 0) continue;
    arms.set(PART[`${side}Arm`], { a, b, skin, cuff: (cuff + CUFF_PLACES) / PLACES });
  }
  return (i) => {
    const arm = arms.get(labels[i]!);
    if (arm === undefined) return false;
    const { a, b, skin, cuff } = arm;
    const x = i % width;
    const t = positionOnSegment(x, (i - x) / width, a.x, a.y, b.x, b.y);
    if (t < Math.max(UPPER_START, cuff) || t > 1) return false;
    return shareOfSkin(skin, channels[0][i]!, channels[1][i]!, channels[2][i]!) < 0.5;
  };
}

/** The colours along the middle of a bone. */
function readBone(
  figure: Figure,
  labels: Int8Array,
  arm: number,
  a: Point,
  b: Point,
  start: number,
): Bone {
  const { width, height, channels } = figure.rgb;
  const colours = Array.from({ length: PLACES + 1 }, (_, n) => {
    const middle = between(a, b, n / PLACES);
    const found: number[] = [];
    for (const share of ACROSS) {
      const x = Math.round(middle.x - share * (b.y - a.y));
      const y = Math.round(middle.y + share * (b.x - a.x));
      if (x < 0 || y < 0 || x >= width || y >= height) continue;
      const i = y * width + x;
      if (labels[i] !== arm || figure.alpha[i]! < SOLID) continue;
      found.push(channels[0][i]!, channels[1][i]!, channels[2][i]!);
    }
    return Float32Array.from(found);
  });
  return { a, b, start, colours };
}

/** Whether a pixel has none of the colours that the nearest bone has near it. */
function isUnlike(
  figure: Figure,
  bones: readonly Bone[],
  x: number,
  y: number,
  i: number,
): boolean {
  const { channels } = figure.rgb;
  let best: { bone: Bone; t: number; away: number } | null = null;
  for (const bone of bones) {
    const t = positionOnSegment(x, y, bone.a.x, bone.a.y, bone.b.x, bone.b.y);
    const on = between(bone.a, bone.b, Math.min(1, Math.max(0, t)));
    const away = Math.hypot(x - on.x, y - on.y);
    if (best === null || away < best.away) best = { bone, t, away };
  }
  const { bone, t } = best!;
  if (t < bone.start || t > 1) return false;
  const place = Math.round(t * PLACES);
  const light = channels[0][i]! + channels[1][i]! + channels[2][i]!;
  let count = 0;
  for (let n = place - NEAR_PLACES; n <= place + NEAR_PLACES; n++) {
    const colours = bone.colours[n];
    if (colours === undefined) continue;
    for (let k = 0; k < colours.length; k += 3, count++) {
      const [r, g, b] = [colours[k]!, colours[k + 1]!, colours[k + 2]!];
      const shade = clamp(light / Math.max(1, r + g + b), 1 / SHADE_MAX, SHADE_MAX);
      const distance =
        Math.abs(shade * r - channels[0][i]!) +
        Math.abs(shade * g - channels[1][i]!) +
        Math.abs(shade * b - channels[2][i]!);
      if (distance < UNLIKE_MIN) return false;
    }
  }
  return count > ACROSS.length;
}
