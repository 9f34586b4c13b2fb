/**
 * Takes the cloth that a hand lay on off its rim: black scraps of trousers between bare fingers
 * show as soon as the hand is lifted.
 */

import type { JointPositions, Layer } from '../../model/character.ts';
import type { RgbaImage } from '../../model/image.ts';
import { jointDistance } from '../../model/joints.ts';
import { cropRgb } from '../../model/rgb.ts';
import { smoothstep } from '../../model/scalar.ts';
import { dilate } from '../pixels/binary.ts';
import { pullPush } from '../pixels/pull-push.ts';
import { shareOfSkin } from '../segment/skin-hue.ts';
import { type BareArm, createArmPlace, PLACES, toneAt } from './bare-arm.ts';
import { findFringe, ORIGIN } from './clean-arm.ts';

/** The hand and what touches its wrist, in places of the arm. */
const FIRST_PLACE = 2 * PLACES - 1;
/** What has less of the hue of skin, or less of its light, is cloth. */
const SKIN_MIN = 0.35;
const LIGHT_MIN = 0.4;
/** Cloth is taken so deep from the rim, in lengths of the hand's bone. */
const DEPTH = 0.2;
/** Pixels fainter than this are outside. */
const FAINT = 128;
/** Edges go from clear to solid over these shares of solid pixels around. */
const EDGE = [0.25, 0.75] as const;

/**
 * The texture of a bare arm whose hand ends where its skin does, wherever other parts of the figure
 * lay beside it; `originAt` is that of `cleanArm`.
 */
export function trimHand(
  layer: Layer,
  joints: JointPositions,
  arm: BareArm,
  originAt: (x: number, y: number) => number,
): RgbaImage {
  const { width, height, data } = layer.texture;
  if (!arm.isHandBare) return layer.texture;
  const placeOf = createArmPlace(joints, arm.side);
  const handLength = jointDistance(joints, `${arm.side}Wrist`, `${arm.side}Hand`);
  const cloth = new Uint8Array(width * height);
  const beside = new Uint8Array(width * height);
  const clear = new Uint8Array(width * height);
  for (let i = 0; i < cloth.length; i++) {
    const at = i * 4;
    if (data[at + 3]! < FAINT) clear[i] = 1;
    const [x, y] = [(i % width) + layer.x, Math.floor(i / width) + layer.y];
    if (data[at + 3] === 0 || originAt(x, y) === ORIGIN.seen) continue;
    const { place } = placeOf(x, y);
    if (place < FIRST_PLACE) continue;
    beside[i] = 1;
    const isDark = data[at + 1]! < LIGHT_MIN * toneAt(arm.tones, place)[1];
    const share = shareOfSkin(arm.skin, data[at]!, data[at + 1]!, data[at + 2]!);
    if (isDark || share < SKIN_MIN) cloth[i] = 1;
  }
  const taken = takeFromOutside(clear, cloth, width, Math.round(DEPTH * handLength));
  return recolourFringe(clearPixels(layer.texture, taken), beside);
}

/** A texture whose outline has the colours right inside of it, where `beside` is 1. */
function recolourFringe(texture: RgbaImage, beside: Uint8Array): RgbaImage {
  const { width, height, data } = texture;
  const fringe = dilate(findFringe(texture), width, height, 1);
  const colours = cropRgb(texture, { x: 0, y: 0, width, height });
  const inside = Float32Array.from(fringe, (value) => 1 - value);
  const filled = pullPush(colours, inside);
  const result = Uint8Array.from(data);
  for (let i = 0; i < fringe.length; i++) {
    if (fringe[i] === 0 || beside[i] === 0) continue;
    // Fingers end in light and shadow of their own; only what is darker comes from the cloth.
    if (data[i * 4 + 1]! >= filled.channels[1]![i]!) continue;
    for (let c = 0; c < 3; c++) result[i * 4 + c] = Math.round(filled.channels[c]![i]!);
  }
  return { width, height, data: result };
}

/** Pixels of `cloth` that hang together with the outside over at most `depth` steps. */
function takeFromOutside(
  clear: Uint8Array,
  cloth: Uint8Array,
  width: number,
  depth: number,
): Uint8Array {
  const height = clear.length / width;
  const taken = new Uint8Array(clear.length);
  let front: number[] = [];
  for (let i = 0; i < clear.length; i++) {
    const x = i % width;
    const y = (i - x) / width;
    const isBorder = x === 0 || y === 0 || x === width - 1 || y === height - 1;
    if (clear[i] === 1 || (isBorder && cloth[i] === 1)) front.push(i);
  }
  for (let step = 0; step < depth && front.length > 0; step++) {
    const next: number[] = [];
    for (const i of front) {
      const x = i % width;
      for (const j of [x > 0 ? i - 1 : -1, x < width - 1 ? i + 1 : -1, i - width, i + width]) {
        if (j < 0 || j >= clear.length || cloth[j] === 0 || taken[j] === 1) continue;
        taken[j] = 1;
        next.push(j);
      }
    }
    front = next;
  }
  return taken;
}

/** A texture without the given pixels, whose neighbours get a soft edge. */
function clearPixels({ width, height, data }: RgbaImage, taken: Uint8Array): RgbaImage {
  const result = Uint8Array.from(data);
  for (let i = 0; i < taken.length; i++) {
    if (taken[i] === 1) result[i * 4 + 3] = 0;
    else if (data[i * 4 + 3] !== 0) {
      const solid = 1 - shareAround(taken, width, height, i);
      result[i * 4 + 3] = Math.round(data[i * 4 + 3]! * smoothstep(...EDGE, solid));
    }
  }
  return { width, height, data: result };
}

/** Share of set pixels among the 3 x 3 around one. */
function shareAround(mask: Uint8Array, width: number, height: number, i: number): number {
  const x = i % width;
  const y = (i - x) / width;
  let count = 0;
  for (let py = Math.max(0, y - 1); py <= Math.min(height - 1, y + 1); py++) {
    for (let px = Math.max(0, x - 1); px <= Math.min(width - 1, x + 1); px++) {
      count += mask[py * width + px]!;
    }
  }
  return count / 9;
}
