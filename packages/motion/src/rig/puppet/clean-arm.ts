/**
 * Fills what is hidden of a bare arm with its own skin, and takes specks of cloth and wall off its
 * rim: on an arm that is raised before a wall they show as stripes and notches.
 */

import { blurBox } from '../../model/blur.ts';
import type { JointPositions, Layer } from '../../model/character.ts';
import type { RgbaImage } from '../../model/image.ts';
import { createRgb } from '../../model/rgb.ts';
import { mix } from '../../model/scalar.ts';
import { dilate } from '../pixels/binary.ts';
import { pullPush } from '../pixels/pull-push.ts';
import { shareOfSkin } from '../segment/skin-hue.ts';
import { type ArmPlace, type BareArm, createArmPlace, PLACES, toneAt } from './bare-arm.ts';

/** How a pixel of an arm's layer came to be there. */
export const ORIGIN = { seen: 0, rim: 1, hidden: 2 } as const;

/** Skin is sure from this share on, and when no darker than this part of the arm beside it. */
const SURE_MIN = 0.6;
const LIGHT_MIN = 0.5;
const SOLID = 150;
const OPAQUE = 245;
/** So many pixels beside a speck have some of its colour. */
const MIXED = 2;
/** The first places beyond a cuff, which is not straight, may show cloth. */
const CUFF_PLACES = 1;
/** Bracelets and watches begin here. */
const LAST_PLACE = 2 * PLACES - 2;

/**
 * The texture of a bare arm without foreign specks between its cuff and its wrist. `originAt` tells
 * of a place of the picture what of {@link ORIGIN} it is.
 */
export function cleanArm(
  layer: Layer,
  joints: JointPositions,
  arm: BareArm,
  originAt: (x: number, y: number) => number,
): RgbaImage {
  const { width, height, data } = layer.texture;
  const placeOf = createArmPlace(joints, arm.side);
  const colours = createRgb(width, height);
  const weight = new Float32Array(width * height);
  const foreign = new Uint8Array(width * height);
  const fringe = findFringe(layer.texture);
  for (let i = 0; i < weight.length; i++) {
    for (let c = 0; c < 3; c++) colours.channels[c]![i] = data[i * 4 + c]!;
    if (data[i * 4 + 3] === 0) continue;
    const x = (i % width) + layer.x;
    const y = Math.floor(i / width) + layer.y;
    const origin = originAt(x, y);
    const isSkin = isSure(data, i * 4, arm, placeOf, x, y);
    if (isSkin && origin !== ORIGIN.hidden && data[i * 4 + 3]! > SOLID) weight[i] = 1;
    const isOwn = origin === ORIGIN.seen || (isSkin && origin === ORIGIN.rim);
    if (isOwn && fringe[i] === 0) continue;
    const { place } = placeOf(x, y);
    const last = origin === ORIGIN.hidden ? 2 * PLACES : LAST_PLACE;
    if (place >= arm.from + CUFF_PLACES && place < last) foreign[i] = 1;
  }
  // Right beside them skin is mixed with their colours.
  const near = dilate(foreign, width, height, MIXED);
  for (let i = 0; i < weight.length; i++) if (near[i] === 1) weight[i] = 0;
  const filled = pullPush(colours, weight);
  const amount = blurBox(Float32Array.from(near), width, height, MIXED);
  const texture = { width, height, data: Uint8Array.from(data) };
  for (let i = 0; i < amount.length; i++) {
    const share = foreign[i] === 1 ? 1 : amount[i]!;
    if (share === 0) continue;
    for (let c = 0; c < 3; c++) {
      texture.data[i * 4 + c] = Math.round(mix(data[i * 4 + c]!, filled.channels[c]![i]!, share));
    }
  }
  return texture;
}

/** Pixels at the outline, whose colours are in part those of what lay beside it. */
export function findFringe({ width, height, data }: RgbaImage): Uint8Array {
  const clear = new Uint8Array(width * height);
  for (let i = 0; i < clear.length; i++) clear[i] = data[i * 4 + 3]! < OPAQUE ? 1 : 0;
  return dilate(clear, width, height, 1);
}

function isSure(
  data: Uint8Array,
  at: number,
  arm: BareArm,
  placeOf: ArmPlace,
  x: number,
  y: number,
): boolean {
  const [r, g, b] = [data[at]!, data[at + 1]!, data[at + 2]!];
  if (shareOfSkin(arm.skin, r, g, b) < SURE_MIN) return false;
  const { place } = placeOf(x, y);
  return place >= arm.from && g > LIGHT_MIN * toneAt(arm.tones, place)[1];
}
