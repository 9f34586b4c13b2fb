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
/** The arm of the driver fades in between these, in palm lengths along the arm. */
const FADE_BARE = [-0.6, -0.05] as const;
const FADE_SLEEVE = [-0.42, -0.3] as const;
/** The colour of the arm fades into that of the hand between these. */
const WRIST_TINT = [0.6, -0.25] as const;
/** A triangle moved mostly by these bones shows hand. */
const HAND_SHARE = 0.5;

const QUAD = Uint32Array.of(0, 1, 2, 0, 2, 3);

/** Draws a borrowed hand over everything that is already on the canvas. */
export function drawHand(canvas: Surface, hand: BorrowedHand, picture: RgbaImage): void {
  const texture = recolour(picture, hand);
  const { patch, anchor, place, scale, rotation } = hand;
  const xx = scale * Math.cos(rotation);
  const yx = scale * Math.sin(rotation);
  const target = new Float32Array(8);
  const source = Float32Array.of(
    0,
    0,
    picture.width,
    0,
    picture.width,
    picture.height,
    0,
    picture.height,
  );
  for (let i = 0; i < 8; i += 2) {
    const dx = patch.x + (source[i]! / picture.width) * patch.width - anchor.x;
    const dy = patch.y + (source[i + 1]! / picture.height) * patch.height - anchor.y;
    target[i] = place.x + xx * dx - yx * dy;
    target[i + 1] = place.y + yx * dx + xx * dy;
  }
  drawTriangles(
    canvas,
    {
      texture,
      textureX: 0,
      textureY: 0,
      source,
      target,
      triangles: QUAD,
      firstTriangle: 0,
      triangleCount: 2,
    },
    'over',
  );
}

/**
 * Colours by mean and spread in L*a*b* (Reinhard et al. 2001), the arm faded out behind the wrist.
 */
function recolour(picture: RgbaImage, hand: BorrowedHand): Surface {
  const { width, height, data } = picture;
  const bytes = new Uint8Array(data.length);
  const { patch, anchor, match, isInSleeve } = hand;
  const [from, to] = isInSleeve ? FADE_SLEEVE : FADE_BARE;
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
      if (match) matchLab(lab, match, smoothstep(...WRIST_TINT, along));
      writeSrgb(lab[0]!, lab[1]!, lab[2]!, bytes, at);
      bytes[at + 3] = data[at + 3]! * smoothstep(from, to, along);
    }
  }
  return { width, height, pixels: new Int32Array(bytes.buffer) };
}

/** `tint` is the share of the colour of the arm. */
function matchLab(lab: Float64Array, { from, to, wrist }: SkinMatch, tint: number): void {
  for (let c = 0; c < 3; c += 1) {
    const spread = to.deviation[c]! / Math.max(from.deviation[c]!, 1e-3);
    lab[c] = to.mean[c]! + (lab[c]! - from.mean[c]!) * spread + tint * wrist[c]!;
  }
  const above = lab[0]! - to.mean[0];
  if (above <= 0) return;
  const knee = KNEE_SPREADS * clamp(to.deviation[0], ...KNEE_LIMITS);
  lab[0] = to.mean[0] + knee * Math.tanh(above / knee);
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
