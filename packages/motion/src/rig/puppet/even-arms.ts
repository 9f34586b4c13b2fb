/**
 * Brings the bare arms of one person to about one tone: an arm that hung in the shadow of the body
 * would look like another person's once it is raised before a white wall.
 */

import { blurGaussian } from '../../model/blur.ts';
import type { JointPositions, Layer } from '../../model/character.ts';
import { type Colour, meanColour } from '../../model/colour.ts';
import type { RgbaImage } from '../../model/image.ts';
import { jointDistance } from '../../model/joints.ts';
import { toByte } from '../../model/rgb.ts';
import { clamp, smoothstep } from '../../model/scalar.ts';
import { isSameSkin, shareOfSkin } from '../segment/skin-hue.ts';
import { type ArmPlace, type BareArm, createArmPlace, readBareArm, toneAt } from './bare-arm.ts';

/** An arm is evened when the other is brighter by this factor, wholly from the second on. */
const DARKER = [1.12, 1.3] as const;
/** So much of the difference along an arm is taken away, and across it. */
const SHARE_ALONG = 0.85;
const SHARE_ACROSS = 0.9;
/** Light that is reflected by clothes or hair is taken away by this share of its hue. */
const SHARE_HUE = 0.85;
/** A channel is never thought darker than this part of its colour. */
const HUE_MIN = 0.3;
/** Colours are made at most this much darker or brighter: noise grows with them. */
const GAIN_RANGE = [0.8, 3.2] as const;
/**
 * Skin that was lit already, as knuckles before a dark hollow, does not burn out: beyond the first
 * multiple of the colour that is aimed at it brightens less and less, up to the second.
 */
const HIGHLIGHT = [1.02, 1.22] as const;
/** Light is read over this share of the forearm's length, which a shaded rim is wider than, */
const LIGHT_SIGMA = 0.025;
/** and along the arm over so many places on either side. */
const TONE_REACH = 2;
/** A cuff is not straight: skin is looked for so many places before the first that is bare. */
const CUFF_SLANT = 3;
/** Pixels are evened wholly from this mean share of skin around them on. */
const SOFT_SKIN = 0.6;
/** The brighter arm has this much of the light of the face. */
const AS_LIGHT = [0.55, 1.6] as const;
/** Skin of photographs: brightest channel, and how much of it the darkest has. */
const NATURAL_BRIGHT_MIN = 70;
const NATURAL_BLUE_MIN = 0.3;

/**
 * `layers` with the darker of two bare arms of a photograph in the light of the other and of the
 * face (`face` is its usual colour). Only slow changes of light are taken out, so skin keeps its
 * texture, and a limb its roundness. Other layers are returned as they are.
 */
export function evenArms(
  layers: readonly Layer[],
  joints: JointPositions,
  face: Colour | null,
): Layer[] {
  const arms = (['left', 'right'] as const).map((side) => {
    const layer = layers.find(({ name }) => name === `${side}Arm`);
    const arm = layer ? readBareArm(layer, joints, side) : null;
    return arm && isNatural(arm.skin, face) ? arm : null;
  });
  const [left, right] = arms;
  if (!left || !right) return [...layers];
  const [dark, bright] = light(left.skin) < light(right.skin) ? [left, right] : [right, left];
  if (face && !isAsLight(bright.skin, face)) return [...layers];
  const goal =
    face && light(face) > light(dark.skin) ? meanColour([bright.skin, face])! : bright.skin;
  const amount = smoothstep(...DARKER, light(goal) / light(dark.skin));
  if (amount === 0) return [...layers];
  return layers.map((layer) =>
    layer.name === `${dark.side}Arm`
      ? { ...layer, texture: evenArm(layer, joints, dark, goal, amount) }
      : layer,
  );
}

function light([r, g, b]: Colour): number {
  return Math.max(1, 0.3 * r + 0.6 * g + 0.1 * b);
}

/** A brown sleeve has the hue of skin; it is mostly much darker than the face. */
function isAsLight(skin: Colour, face: Colour): boolean {
  const ratio = light(skin) / light(face);
  return ratio > AS_LIGHT[0] && ratio < AS_LIGHT[1];
}

function hueOf(colour: Colour, channel: number): number {
  return Math.max(HUE_MIN, colour[channel]! / light(colour));
}

/** Painted and drawn skin is more colourful, and its shadows are meant. */
function isNatural([r, g, b]: Colour, face: Colour | null): boolean {
  if (r < NATURAL_BRIGHT_MIN || r < g || g < b || b < NATURAL_BLUE_MIN * r) return false;
  return face === null || isSameSkin([r, g, b], face);
}

function evenArm(
  layer: Layer,
  joints: JointPositions,
  arm: BareArm,
  goal: Colour,
  amount: number,
): RgbaImage {
  const { width, height, data } = layer.texture;
  const placeOf = createArmPlace(joints, arm.side);
  const forearm = jointDistance(joints, `${arm.side}Elbow`, `${arm.side}Wrist`);
  const skin = findSkin(layer, arm, placeOf);
  const lights = readLight(layer.texture, skin, LIGHT_SIGMA * forearm);
  const soft = blurGaussian(skin, width, height, 1);
  const tones = smoothTones(arm.tones);
  const texture = { width, height, data: Uint8Array.from(data) };
  for (let i = 0; i < skin.length; i++) {
    const share = amount * smoothstep(0, SOFT_SKIN, soft[i]!);
    if (share === 0 || data[i * 4 + 3] === 0) continue;
    const { place } = placeOf((i % width) + layer.x, Math.floor(i / width) + layer.y);
    const tone = toneAt(tones, place);
    const lit: Colour = [lights[0]![i]!, lights[1]![i]!, lights[2]![i]!];
    const along = (light(goal) / light(tone)) ** SHARE_ALONG;
    const across = (light(tone) / light(lit)) ** SHARE_ACROSS;
    const gain = clamp(along * across, ...GAIN_RANGE);
    for (let c = 0; c < 3; c++) {
      const hue = hueOf(goal, c) ** SHARE_HUE / hueOf(lit, c) ** SHARE_HUE;
      const old = data[i * 4 + c]!;
      const evened = holdHighlight((gain * hue) ** share * old, goal[c]!);
      texture.data[i * 4 + c] = toByte(gain > 1 ? Math.max(old, evened) : evened);
    }
  }
  return texture;
}

function holdHighlight(value: number, goal: number): number {
  const [knee, top] = [HIGHLIGHT[0] * goal, HIGHLIGHT[1] * goal];
  if (value <= knee) return value;
  return knee + (top - knee) * (1 - Math.exp(-(value - knee) / (top - knee)));
}

/** How much of each pixel is bare skin of the arm. */
function findSkin({ texture, x, y }: Layer, arm: BareArm, placeOf: ArmPlace): Float32Array {
  const { width, height, data } = texture;
  const skin = new Float32Array(width * height);
  for (let i = 0; i < skin.length; i++) {
    const at = i * 4;
    if (data[at + 3] === 0) continue;
    const { place } = placeOf((i % width) + x, Math.floor(i / width) + y);
    if (place < arm.from - CUFF_SLANT) continue;
    skin[i] = shareOfSkin(arm.skin, data[at]!, data[at + 1]!, data[at + 2]!);
  }
  return skin;
}

/** The colours of the skin without its texture: means of what is skin nearby. */
function readLight(
  { width, height, data }: RgbaImage,
  skin: Float32Array,
  sigma: number,
): Float32Array[] {
  const weight = skin.map((share, i) => share * data[i * 4 + 3]!);
  const total = blurGaussian(weight, width, height, sigma);
  return [0, 1, 2].map((c) => {
    const colours = weight.map((value, i) => value * data[i * 4 + c]!);
    return blurGaussian(colours, width, height, sigma).map(
      (sum, i) => sum / Math.max(1e-3, total[i]!),
    );
  });
}

function smoothTones(tones: readonly Colour[]): Colour[] {
  return tones.map(
    (_, n) => meanColour(tones.slice(Math.max(0, n - TONE_REACH), n + TONE_REACH + 1))!,
  );
}
