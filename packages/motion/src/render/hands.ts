/** Draws borrowed hands: in the colours of the character, without the own hand beneath. */

import { BONES, type Character, INFLUENCES_MAX, type Layer } from '../model/character.ts';
import type { Side } from '../model/hand.ts';
import type { RgbaImage } from '../model/image.ts';
import { writeLab, writeSrgb } from '../model/lab.ts';
import type { BorrowedHand, HandCut, SkinMatch } from '../model/performance.ts';
import { clamp, smoothstep } from '../model/scalar.ts';
import { drawTriangles, type Surface } from './raster.ts';

/**
 * Beyond this many spreads of brightness colours are squeezed, so that bright hands keep detail.
 */
const KNEE_SPREADS = 2;
const KNEE_LIMITS = [5, 9] as const;
/** Blur mixes in what is behind a hand: it is at most so many spreads less red and yellow. */
const PALE_SPREADS = 2;
const PALE_LIMITS = [2, 4] as const;
/** The colour of the arm fades into that of the hand between these, beyond the end of the fade. */
const WRIST_TINT = [0.4, -0.2] as const;
/** From a sleeve a rim of cloth may come along, which differs from the hand by this in chroma. */
const CLOTH_CHROMA = [14, 22] as const;
/** Rings and nails beyond this many palm lengths are not taken for cloth. */
const CLOTH_REACH = [0.2, 0.34] as const;
/** A hand is narrowed up to the first of these, in palm lengths beyond the start of its fade. */
const HEEL_REACH = [0.1, 0.6] as const;
/** Cells of the picture of a hand in either direction. */
const GRID = 6;
/** A triangle moved mostly by these bones shows hand. */
const HAND_SHARE = 0.5;

const CELLS = Uint32Array.from(
  Array.from({ length: GRID * GRID }, (_, cell) => {
    const at = Math.floor(cell / GRID) * (GRID + 1) + (cell % GRID);
    return [at, at + 1, at + GRID + 2, at, at + GRID + 2, at + GRID + 1];
  }).flat(),
);

/** A borrowed hand in the colours of the character, and where its corners come to lie. */
export type PaintedHand = { texture: Surface; source: Float32Array; target: Float32Array };

/** Makes a borrowed hand ready to be drawn. */
export function prepareHand(hand: BorrowedHand, picture: RgbaImage): PaintedHand {
  const { patch, place, scale } = hand;
  const cos = Math.cos(patch.axis + hand.rotation);
  const sin = Math.sin(patch.axis + hand.rotation);
  const toArm = makeArmFrame(picture, hand);
  const source = new Float32Array(2 * (GRID + 1) ** 2);
  const target = new Float32Array(source.length);
  for (let i = 0; i < source.length; i += 2) {
    source[i] = (((i / 2) % (GRID + 1)) / GRID) * picture.width;
    source[i + 1] = (Math.floor(i / 2 / (GRID + 1)) / GRID) * picture.height;
    const [along, across] = toArm(source[i]!, source[i + 1]!);
    const x = scale * along;
    const y = scale * meetArm(hand, along, across);
    target[i] = place.x + cos * x - sin * y;
    target[i + 1] = place.y + sin * x + cos * y;
  }
  return { texture: recolour(picture, hand), source, target };
}

/** Draws a hand over everything on a canvas that lies at `left` and `top` of the frame. */
export function drawHand(canvas: Surface, hand: PaintedHand, left: number, top: number): void {
  const { texture, source, target } = hand;
  drawTriangles(
    canvas,
    {
      texture,
      textureX: 0,
      textureY: 0,
      source,
      target: left === 0 && top === 0 ? target : moveBy(target, -left, -top),
      triangles: CELLS,
      firstTriangle: 0,
      triangleCount: CELLS.length / 3,
    },
    'over',
  );
}

function moveBy(places: Float32Array, x: number, y: number): Float32Array {
  return places.map((value, i) => value + (i % 2 === 0 ? x : y));
}

/** From pixels of the picture to clip pixels along the arm and clockwise of it. */
type ArmFrame = (x: number, y: number) => readonly [along: number, across: number];

function makeArmFrame({ width, height }: RgbaImage, { patch, anchor }: BorrowedHand): ArmFrame {
  const cos = Math.cos(patch.axis);
  const sin = Math.sin(patch.axis);
  return (x, y) => {
    const dx = patch.x + (x / width) * patch.width - anchor.x;
    const dy = patch.y + (y / height) * patch.height - anchor.y;
    return [dx * cos + dy * sin, dy * cos - dx * sin];
  };
}

/**
 * Narrows the hand where it begins, so that it is as wide as its arm there; palm and fingers stay
 * as they are. In clip pixels.
 */
function meetArm({ patch, heel, fade }: BorrowedHand, along: number, across: number): number {
  if (heel === null) return across;
  const share = 1 - smoothstep(...HEEL_REACH, along / patch.palm - fade[0]);
  return across + share * (heel.factor - 1) * (across - heel.middle);
}

/**
 * Colours by mean and spread in L*a*b* (Reinhard et al. 2001), the arm faded out behind the wrist.
 */
function recolour(picture: RgbaImage, hand: BorrowedHand): Surface {
  const { width, height, data } = picture;
  const bytes = new Uint8Array(data.length);
  const { patch, anchor, match, fade, heel } = hand;
  const [, skinA, skinB] = (match?.from ?? patch.skin).mean;
  const tint = [fade[1] + WRIST_TINT[0], fade[1] + WRIST_TINT[1]] as const;
  const unitX = (patch.width / width / patch.palm) * Math.cos(patch.axis);
  const unitY = (patch.height / height / patch.palm) * Math.sin(patch.axis);
  const start =
    ((patch.x - anchor.x) * Math.cos(patch.axis) + (patch.y - anchor.y) * Math.sin(patch.axis)) /
    patch.palm;
  const lab = new Float64Array(3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = (y * width + x) * 4;
      // Half clear pixels beside clear ones are blended with their colour, so it has to be right.
      writeLab(data[at]!, data[at + 1]!, data[at + 2]!, lab, 0);
      const along = start + (x + 0.5) * unitX + (y + 0.5) * unitY;
      const strange = Math.hypot(lab[1]! - skinA, lab[2]! - skinB);
      const cloth = heel ? smoothstep(...CLOTH_CHROMA, strange) : 0;
      const kept = 1 - cloth * (1 - smoothstep(...CLOTH_REACH, along));
      if (match) matchLab(lab, match, smoothstep(...tint, along));
      writeSrgb(lab[0]!, lab[1]!, lab[2]!, bytes, at);
      bytes[at + 3] = data[at + 3]! * kept * smoothstep(...fade, along);
    }
  }
  return { width, height, pixels: new Int32Array(bytes.buffer) };
}

/** `tint` is the share of the colour of the arm. */
function matchLab(lab: Float64Array, { from, to, wrist }: SkinMatch, tint: number): void {
  for (let c = 0; c < 3; c += 1) {
    const spread = to.deviation[c]! / Math.max(from.deviation[c]!, 1e-3);
    const beyond = (lab[c]! - from.mean[c]!) * spread;
    lab[c] = to.mean[c]! + (c === 0 ? beyond : warm(beyond, to.deviation[c]!)) + tint * wrist[c]!;
  }
  const above = lab[0]! - to.mean[0];
  if (above <= 0) return;
  const knee = KNEE_SPREADS * clamp(to.deviation[0], ...KNEE_LIMITS);
  lab[0] = to.mean[0] + knee * Math.tanh(above / knee);
}

/** Keeps a hand from turning grey or green; what is redder or more yellow stays. */
function warm(beyond: number, deviation: number): number {
  if (beyond >= 0) return beyond;
  const knee = PALE_SPREADS * clamp(deviation, ...PALE_LIMITS);
  return knee * Math.tanh(beyond / knee);
}

/** Takes the own hands out of the textures of a puppet, and gives them back. */
export type HandHider = {
  /** Rewrites the alpha of all hands in a texture of a layer, as the frame wants it. */
  hide(layer: number, surface: Surface, hands: readonly BorrowedHand[]): void;
};

/** Pixels of one hand in the texture of one layer: place, alpha, and the share that stays. */
type HandPixels = { places: Uint32Array; alpha: Uint8Array; kept: Float32Array };

/** Finds out which pixels belong to a hand when that hand is borrowed for the first time. */
export function createHandHider(character: Character): HandHider {
  const known: Record<Side, HandPixels[] | null> = { left: null, right: null };
  return {
    hide(index, surface, hands) {
      for (const { side, own } of hands) {
        known[side] ??= character.layers.map((layer) => findHandPixels(layer, side, own));
      }
      for (const side of ['left', 'right'] as const) {
        const pixels = known[side]?.[index];
        if (!pixels) continue;
        const isHidden = hands.some((hand) => hand.side === side);
        writeAlpha(surface, pixels, isHidden);
      }
    },
  };
}

function writeAlpha(
  surface: Surface,
  { places, alpha, kept }: HandPixels,
  isHidden: boolean,
): void {
  for (let i = 0; i < places.length; i += 1) {
    const at = places[i]!;
    const value = isHidden ? alpha[i]! * kept[i]! : alpha[i]!;
    surface.pixels[at] = (surface.pixels[at]! & 0xffffff) | (Math.round(value) << 24);
  }
}

function findHandPixels(layer: Layer, side: Side, own: HandCut): HandPixels {
  const { width, height, data } = layer.texture;
  const mask = { width, height, pixels: new Int32Array(width * height) };
  const white = { width: 1, height: 1, pixels: Int32Array.of(-1) };
  const places = layer.mesh.positions.map((value, i) => value - (i % 2 === 0 ? layer.x : layer.y));
  drawTriangles(
    mask,
    {
      texture: white,
      textureX: 0,
      textureY: 0,
      source: places,
      target: places,
      ...handTriangles(layer, side),
    },
    'replace',
  );
  const found: number[] = [];
  const kept: number[] = [];
  const cos = Math.cos(own.axis) / own.palm;
  const sin = Math.sin(own.axis) / own.palm;
  for (let i = 0; i < mask.pixels.length; i += 1) {
    if (mask.pixels[i] === 0 || data[i * 4 + 3] === 0) continue;
    const x = (i % width) + 0.5 + layer.x - own.x;
    const y = Math.floor(i / width) + 0.5 + layer.y - own.y;
    const share = 1 - smoothstep(...own.fade, x * cos + y * sin);
    if (share >= 1) continue;
    found.push(i);
    kept.push(share);
  }
  return {
    places: Uint32Array.from(found),
    alpha: Uint8Array.from(found, (i) => data[i * 4 + 3]!),
    kept: Float32Array.from(kept),
  };
}

function handTriangles(
  { mesh }: Layer,
  side: Side,
): { triangles: Uint32Array; firstTriangle: number; triangleCount: number } {
  const bones = [BONES.indexOf(`${side}Hand`), BONES.indexOf(`${side}Forearm`)];
  const chosen: number[] = [];
  for (let i = 0; i < mesh.triangles.length; i += 3) {
    let sum = 0;
    for (const vertex of mesh.triangles.subarray(i, i + 3)) {
      for (let k = vertex * INFLUENCES_MAX; k < (vertex + 1) * INFLUENCES_MAX; k += 1) {
        if (bones.includes(mesh.boneIndices[k]!)) sum += mesh.boneWeights[k]! / 3;
      }
    }
    if (sum > HAND_SHARE) chosen.push(...mesh.triangles.subarray(i, i + 3));
  }
  return {
    triangles: Uint32Array.from(chosen),
    firstTriangle: 0,
    triangleCount: chosen.length / 3,
  };
}
