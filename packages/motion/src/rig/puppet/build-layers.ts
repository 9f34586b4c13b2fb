/** Makes the layers of the puppet from a figure that is divided into parts. */

import type { JointPositions, Layer, Limb, Mesh } from '../../model/character.ts';
import type { Point } from '../../model/geometry.ts';
import type { RgbaImage } from '../../model/image.ts';
import { sortTriangles } from '../../model/paint-order.ts';
import { FACE_STRIDE } from '../../model/pose.ts';
import type { Rgb } from '../../model/rgb.ts';
import { clamp } from '../../model/scalar.ts';
import { dilate } from '../pixels/binary.ts';
import { skinColour } from '../segment/appearance.ts';
import { spreadLabels } from '../segment/clean-labels.ts';
import type { Figure } from '../segment/figure.ts';
import { sideOf } from '../segment/parts.ts';
import { isSameSkin } from '../segment/skin-hue.ts';
import { finishHem } from '../sleeves/finish-hem.ts';
import type { TrunkOutline } from '../sleeves/outline-trunk.ts';
import { paintHandLast } from '../sleeves/paint-hand-last.ts';
import { paintInsideFirst } from '../sleeves/paint-inside-first.ts';
import { readBareArm } from './bare-arm.ts';
import { cleanArm, ORIGIN } from './clean-arm.ts';
import { evenArms } from './even-arms.ts';
import { type Borders, createGround } from './ground.ts';
import { measureHalfWidth } from './half-widths.ts';
import { type LayerMask, needsHeadLayer, planLayers } from './layer-masks.ts';
import { paintLayer } from './layer-texture.ts';
import type { LimbModes } from './limb-plans.ts';
import { type Bending, buildMesh } from './mesh.ts';
import { trimHand } from './trim-hand.ts';
import { createWeightField } from './weights.ts';

/** Colours of other parts reach so many pixels (at segmentation size) into an arm. */
const RIM = 5;
/** Fainter pixels are background. */
const FAINT = 0.3;
/** Around a face so many times its size is bent with it, by up to this share of its width. */
const BENT_SIZE = 2.2;
const BENT_SHARE = 0.4;

export type LayerInputs = {
  figure: Figure;
  labels: Int8Array;
  modes: LimbModes;
  isSkirt: boolean;
  /** How the trunk goes on behind wide sleeves, and the hands that come out of them. */
  outlines: readonly TrunkOutline[];
  hands: Partial<Record<Limb, Uint8Array>>;
  /** What the trunk hides of bare arms. */
  hiddenArms: Partial<Record<Limb, Uint8Array>>;
  borders: Borders;
  /** The figure's colours and alpha at full size. */
  foreground: Rgb;
  alpha: Float32Array;
  /** Full size over segmentation size. */
  factor: number;
  /** Where the figure's box lies in the picture. */
  offset: Point;
};

/** Layers back to front; positions are in picture pixels. */
export function buildLayers(inputs: LayerInputs): Layer[] {
  const { figure, modes, isSkirt, outlines, hands, hiddenArms, factor, offset } = inputs;
  const { width, height } = figure.rgb;
  const halfWidthOf = (limb: Limb): number => measureHalfWidth(figure, inputs.labels, limb);
  const halfWidths = {
    leftArm: halfWidthOf('leftArm'),
    rightArm: halfWidthOf('rightArm'),
    leftLeg: halfWidthOf('leftLeg'),
    rightLeg: halfWidthOf('rightLeg'),
  };
  const hasHeadLayer = needsHeadLayer(figure, inputs.labels, modes);
  const ground = createGround(figure, inputs.labels, inputs.borders);
  const labels = spreadLabels(inputs.labels, width, height);
  const cut = { outlines, hands, hiddenArms };
  const shared = { figure, labels, modes, halfWidths, isSkirt, hasHeadLayer, ...cut };
  const field = createWeightField({ ...shared, ground });
  const weigh: typeof field = (x, y, layer) =>
    field((x - offset.x) / factor, (y - offset.y) / factor, layer);
  const layers: Layer[] = [];
  const masks = planLayers(shared);
  for (const mask of masks) {
    const bending = mask.name === (hasHeadLayer ? 'head' : 'body') ? findBending(inputs) : null;
    // A trunk is wider than its head and has room for it.
    const room = bending && hasHeadLayer ? Math.ceil(bending.reach) : undefined;
    const painted = paintLayer(inputs.foreground, inputs.alpha, mask, width, factor, room);
    if (painted === null) continue;
    // Of a sleeve that is cut anew there is nothing to put in order.
    const isWide = outlines.some(({ limb }) => limb === mask.name && !hands[limb]);
    const isCut = painted.box.y + painted.texture.height + factor > inputs.foreground.height;
    const isSleeve = isWide || mask.piece !== undefined;
    const endsInPicture = !isSleeve || !isCut || !inputs.borders.bottom;
    const texture = endsInPicture ? painted.texture : finishHem(painted.texture);
    const box = {
      x: painted.box.x + offset.x,
      y: painted.box.y + offset.y,
      width: texture.width,
      height: texture.height,
    };
    const mesh = sortTriangles(mask.name, buildMesh(texture, box, mask.name, weigh, bending));
    layers.push({
      name: mask.name,
      texture,
      x: box.x,
      y: box.y,
      mesh: isWide ? orderSleeve(mask.name as Limb, mesh, inputs) : mesh,
    });
  }
  // Wide sleeves hide the skin of arms.
  if (outlines.length > 0) return layers;
  const even = evenArms(layers, jointsOf(inputs), skinColour(figure));
  return even.map((layer) => {
    const mask = masks.find(({ name }) => name === layer.name)!;
    return { ...layer, texture: cleanTexture(layer, mask, inputs) };
  });
}

/** Where a turning face bends what is around it, also over its edge; null without a face. */
function findBending({ figure, factor, offset }: LayerInputs): Bending | null {
  const { face } = figure;
  if (face === null) return null;
  let [left, top, right, bottom] = [face[0]!, face[1]!, face[0]!, face[1]!];
  for (let i = FACE_STRIDE; i < face.length; i += FACE_STRIDE) {
    left = Math.min(left, face[i]!);
    right = Math.max(right, face[i]!);
    top = Math.min(top, face[i + 1]!);
    bottom = Math.max(bottom, face[i + 1]!);
  }
  const width = (right - left) * factor;
  const height = (bottom - top) * factor;
  const spare = (BENT_SIZE - 1) / 2;
  const x = left * factor + offset.x - spare * width;
  const y = top * factor + offset.y - spare * height;
  const box = { x, y, width: BENT_SIZE * width, height: BENT_SIZE * height };
  return { box, reach: BENT_SHARE * width };
}

/** The texture of a bare arm without what is not skin; any other as it is. */
function cleanTexture(layer: Layer, mask: LayerMask, inputs: LayerInputs): RgbaImage {
  const { figure, factor, offset } = inputs;
  if (mask.name !== 'leftArm' && mask.name !== 'rightArm') return layer.texture;
  const joints = jointsOf(inputs);
  const arm = readBareArm(layer, joints, sideOf(mask.name));
  const face = skinColour(figure);
  if (arm === null || face === null || !isSameSkin(arm.skin, face)) return layer.texture;
  const { width, height } = figure.rgb;
  const others = mask.keep.map((value, i) => (value === 0 && figure.alpha[i]! > FAINT ? 1 : 0));
  const rim = dilate(others, width, height, RIM);
  const originAt = (x: number, y: number): number => {
    const column = clamp(Math.floor((x - offset.x) / factor), 0, width - 1);
    const row = clamp(Math.floor((y - offset.y) / factor), 0, height - 1);
    const i = row * width + column;
    if (mask.keep[i] === 0) return ORIGIN.hidden;
    return rim[i] === 1 ? ORIGIN.rim : ORIGIN.seen;
  };
  const texture = cleanArm(layer, joints, arm, originAt);
  return trimHand({ ...layer, texture }, joints, arm, originAt);
}

/** Paints a sleeve from its opening to the elbow, and last a hand without a layer of its own. */
function orderSleeve(name: Limb, mesh: Mesh, inputs: LayerInputs): Mesh {
  const joints = jointsOf(inputs);
  const sleeve = paintInsideFirst({ name, mesh }, joints, sideOf(name));
  return inputs.hands[name] ? sleeve : paintHandLast(sleeve, joints, sideOf(name));
}

/** The joints in picture pixels. */
function jointsOf({ figure, factor, offset }: LayerInputs): JointPositions {
  return figure.joints.map((value, i) => value * factor + (i % 2 === 0 ? offset.x : offset.y));
}
