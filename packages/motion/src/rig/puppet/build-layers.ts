/** Makes the layers of the puppet from a figure that is divided into parts. */

import type { Layer, Limb } from '../../model/character.ts';
import type { Point } from '../../model/geometry.ts';
import { sortTriangles } from '../../model/paint-order.ts';
import type { Rgb } from '../../model/rgb.ts';
import { spreadLabels } from '../segment/clean-labels.ts';
import type { Figure } from '../segment/figure.ts';
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
  const { figure, modes, isSkirt, factor, offset } = inputs;
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
  const shared = { figure, labels, modes, halfWidths, isSkirt, hasHeadLayer };
  const field = createWeightField({ ...shared, ground });
  const weigh: typeof field = (x, y, layer) =>
    field((x - offset.x) / factor, (y - offset.y) / factor, layer);
  const layers: Layer[] = [];
  for (const mask of planLayers(shared)) {
    const painted = paintLayer(inputs.foreground, inputs.alpha, mask, width, factor);
    if (painted === null) continue;
    const { texture } = painted;
    const box = { ...painted.box, x: painted.box.x + offset.x, y: painted.box.y + offset.y };
    const mesh = buildMesh(texture, box, mask.name, weigh);
    layers.push({
      name: mask.name,
      texture,
      x: box.x,
      y: box.y,
      mesh: sortTriangles(mask.name, mesh),
    });
  }
  return layers;
}
