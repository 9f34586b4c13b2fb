/**
 * Paints the texture of one layer: its own pixels, its hidden pixels filled in, and soft edges
 * where it was cut out.
 */

import { blurBox } from '../../model/blur.ts';
import type { Box } from '../../model/geometry.ts';
import type { RgbaImage } from '../../model/image.ts';
import { growPlane } from '../../model/resize.ts';
import { createRgb, type Rgb, toByte } from '../../model/rgb.ts';
import { smoothstep } from '../../model/scalar.ts';
import { maskAbove } from '../pixels/binary.ts';
import { boxAround, cropPlane, findEdges } from '../pixels/bounds.ts';
import { pullPush } from '../pixels/pull-push.ts';
import type { LayerMask } from './layer-masks.ts';
import { reflectRows } from './reflect-texture.ts';

/** Alpha below this is dropped, so that textures are no larger than what can be seen. */
const ALPHA_MIN = 0.012;
/** Edges between parts go from clear to solid over these shares of the blurred mask. */
const CUT_EDGE = [0.3, 0.62] as const;
const EDGE_RADIUS = 1;
/** Clear pixels around a texture, so that its edge is soft, and around what soft edges are made. */
const MARGIN = 1;
const SOFT_MARGIN = 1;
/** Softer pixels carry the colours of whatever is near, so that they teach none. */
const SOLID_MIN = 0.6;
/** Hidden pixels within this share of the figure's height of seen ones repeat their pattern. */
const REFLECT_SHARE = 0.06;

/**
 * `foreground` and `alpha` are the figure at full size, the mask is `1 / factor` of it
 * (`smallWidth` wide). Returns the texture cropped to what is not clear and `margin` pixels around
 * it, as far as the figure's planes go, with its box in pixels of the figure, or null when nothing
 * is left.
 */
export function paintLayer(
  foreground: Rgb,
  alpha: Float32Array,
  mask: LayerMask,
  smallWidth: number,
  factor: number,
  margin = MARGIN,
): { texture: RgbaImage; box: Box } | null {
  const shown = mask.keep.map((value, i) => Math.max(value, mask.extend[i]!));
  const smallBox = boundMask(shown, smallWidth, SOFT_MARGIN + Math.ceil(margin / factor));
  if (smallBox === null) return null;
  const grow = (plane: Float32Array): Float32Array => growCrop(plane, smallWidth, smallBox, factor);
  const { piece } = mask;
  const soft = grow(piece ? piece.shape : softenMask(shown, smallWidth));
  const limit = mask.limit && grow(mask.limit);
  const own = mask.keep.map((value, i) => (mask.doubtful[i] === 1 ? 0 : value));
  const trusted = grow(new Float32Array(own));
  const box = fitBox(smallBox, factor, foreground);
  const grownWidth = smallBox.width * factor;
  const colours = createRgb(box.width, box.height);
  const weight = new Float32Array(box.width * box.height);
  const opacity = new Float32Array(box.width * box.height);
  const hidden = new Uint8Array(box.width * box.height);
  for (let y = 0; y < box.height; y++) {
    for (let x = 0; x < box.width; x++) {
      const i = y * box.width + x;
      const from = (y + box.y) * foreground.width + x + box.x;
      const grown = y * grownWidth + x;
      for (let c = 0; c < 3; c++) colours.channels[c]![i] = foreground.channels[c]![from]!;
      weight[i] = trusted[grown]! > 0.5 && alpha[from]! > SOLID_MIN ? 1 : 0;
      hidden[i] = trusted[grown]! > 0.5 ? 0 : 1;
      const cut = smoothstep(CUT_EDGE[0], CUT_EDGE[1], soft[grown]!);
      opacity[i] = piece ? soft[grown]! : alpha[from]! * cut * (limit ? limit[grown]! : 1);
    }
  }
  if (!mask.extend.includes(1) && !mask.doubtful.includes(1)) {
    return cropTexture(colours, opacity, box, margin);
  }
  const reach = piece ? 0 : Math.round(REFLECT_SHARE * foreground.height);
  const filled = fillHidden(colours, weight, hidden, reach);
  if (piece?.cuff) {
    const { cloth, zone } = piece.cuff;
    const cuff = { cloth: grow(new Float32Array(cloth)), zone: grow(zone), width: grownWidth };
    paintCuff(filled, colours, cuff, reach);
  }
  return cropTexture(filled, opacity, box, margin);
}

/** Colours in which everything that is not known goes on as what is. */
function fillHidden(colours: Rgb, known: Float32Array, hidden: Uint8Array, reach: number): Rgb {
  const filled = pullPush(colours, known);
  reflectRows(filled, colours, known, hidden, reach);
  return filled;
}

/** Paints the zone of a cuff in its own cloth. `width` is that of the cuff's planes. */
function paintCuff(
  painted: Rgb,
  colours: Rgb,
  { cloth, zone, width }: { cloth: Float32Array; zone: Float32Array; width: number },
  reach: number,
): void {
  const at = (i: number): number => Math.floor(i / painted.width) * width + (i % painted.width);
  const size = painted.width * painted.height;
  const known = Float32Array.from({ length: size }, (_, i) => (cloth[at(i)]! > 0.5 ? 1 : 0));
  const cuff = fillHidden(
    colours,
    known,
    Uint8Array.from(known, (value) => 1 - value),
    reach,
  );
  for (const [c, plane] of painted.channels.entries()) {
    for (let i = 0; i < size; i++) {
      plane[i]! += zone[at(i)]! * (cuff.channels[c]![i]! - plane[i]!);
    }
  }
}

function softenMask(mask: Uint8Array, width: number): Float32Array {
  return blurBox(new Float32Array(mask), width, mask.length / width, EDGE_RADIUS);
}

/** Smallest box around the set pixels, with a margin, inside the mask. */
function boundMask(mask: Uint8Array, width: number, margin: number): Box | null {
  const height = mask.length / width;
  const edges = findEdges(width, height, (i) => mask[i] !== 0);
  return edges && boxAround(edges, margin, width, height);
}

function growCrop(plane: Float32Array, width: number, box: Box, factor: number): Float32Array {
  const crop = cropPlane({ width, data: plane }, box);
  return growPlane(crop, box.width, box.height, factor, box.width * factor, box.height * factor);
}

function fitBox(small: Box, factor: number, figure: Rgb): Box {
  const x = small.x * factor;
  const y = small.y * factor;
  return {
    x,
    y,
    width: Math.min(small.width * factor, figure.width - x),
    height: Math.min(small.height * factor, figure.height - y),
  };
}

function cropTexture(
  colours: Rgb,
  opacity: Float32Array,
  box: Box,
  margin: number,
): { texture: RgbaImage; box: Box } | null {
  const shown = maskAbove(opacity, ALPHA_MIN);
  const inner = boundMask(shown, box.width, margin);
  if (inner === null) return null;
  const data = new Uint8Array(inner.width * inner.height * 4);
  for (let y = 0; y < inner.height; y++) {
    const from = (y + inner.y) * box.width + inner.x;
    const row = data.subarray(y * inner.width * 4, (y + 1) * inner.width * 4);
    for (const [c, plane] of colours.channels.entries()) copyRow(plane, from, row, c);
    copyOpacity(opacity, shown, from, row);
  }
  return {
    texture: { width: inner.width, height: inner.height, data },
    box: { ...inner, x: inner.x + box.x, y: inner.y + box.y },
  };
}

function copyRow(plane: Float32Array, from: number, row: Uint8Array, c: number): void {
  for (let x = 0; x < row.length / 4; x++) row[x * 4 + c] = toByte(plane[from + x]!);
}

function copyOpacity(
  opacity: Float32Array,
  shown: Uint8Array,
  from: number,
  row: Uint8Array,
): void {
  for (let x = 0; x < row.length / 4; x++) {
    row[x * 4 + 3] = shown[from + x] === 1 ? toByte(opacity[from + x]! * 255) : 0;
  }
}
