/** Makes the layers of the puppet from a figure that is divided into parts. */

import type { JointPositions, Layer, Limb } from '../../model/character.ts';
import type { Point } from '../../model/geometry.ts';
import { sortTriangles } from '../../model/paint-order.ts';
import type { Rgb } from '../../model/rgb.ts';
import { spreadLabels } from '../segment/clean-labels.ts';
import type { Figure } from '../segment/figure.ts';
import { sideOf } from '../segment/parts.ts';
import { finishHem } from '../sleeves/finish-hem.ts';
import type { TrunkOutline } from '../sleeves/outline-trunk.ts';
import { paintHandLast } from '../sleeves/paint-hand-last.ts';
import { type Borders, createGround } from './ground.ts';
import { measureHalfWidth } from './half-widths.ts';
import { needsHeadLayer, planLayers } from './layer-masks.ts';
import { paintLayer } from './layer-texture.ts';
import type { LimbModes } from './limb-plans.ts';
import { buildMesh } from './mesh.ts';
import { createWeightField } from './weights.ts';

export type LayerInputs = {
  figure: Figure;
  labels: Int8Array;
  modes: LimbModes;
  isSkirt: boolean;
  /** How the trunk goes on behind wide sleeves. */
  outlines: readonly TrunkOutline[];
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
  const { figure, modes, isSkirt, outlines, factor, offset } = inputs;
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
  const shared = { figure, labels, modes, halfWidths, isSkirt, hasHeadLayer, outlines };
  const field = createWeightField({ ...shared, ground });
  const weigh: typeof field = (x, y, layer) =>
    field((x - offset.x) / factor, (y - offset.y) / factor, layer);
  const layers: Layer[] = [];
  for (const mask of planLayers(shared)) {
    const painted = paintLayer(inputs.foreground, inputs.alpha, mask, width, factor);
    if (painted === null) continue;
    const isWide = outlines.some(({ limb }) => limb === mask.name);
    const isCut = painted.box.y + painted.texture.height + factor > inputs.foreground.height;
    const endsInPicture = !isWide || !isCut || !inputs.borders.bottom;
    const texture = endsInPicture ? painted.texture : finishHem(painted.texture);
    const box = {
      x: painted.box.x + offset.x,
      y: painted.box.y + offset.y,
      width: texture.width,
      height: texture.height,
    };
    const mesh = sortTriangles(mask.name, buildMesh(texture, box, mask.name, weigh));
    layers.push({
      name: mask.name,
      texture,
      x: box.x,
      y: box.y,
      mesh: isWide ? paintHandLast(mesh, jointsOf(inputs), sideOf(mask.name as Limb)) : mesh,
    });
  }
  return layers;
}

/** The joints in picture pixels. */
function jointsOf({ figure, factor, offset }: LayerInputs): JointPositions {
  return figure.joints.map((value, i) => value * factor + (i % 2 === 0 ? offset.x : offset.y));
}
