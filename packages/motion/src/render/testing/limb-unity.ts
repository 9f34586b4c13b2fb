/**
 * Measures whether the limbs of a drawn frame hold together: no gap between neighbouring parts, no
 * hole in a limb, no limb apart from its body.
 */

import { type Character, type Joint, LIMBS, type Limb } from '../../model/character.ts';
import type { RgbaImage } from '../../model/image.ts';
import { JOINT_INDEX } from '../../model/joints.ts';
import { type PaintRun, paintOrder } from '../../model/paint-order.ts';
import type { PerformanceFrame } from '../../model/performance.ts';
import { frameOf } from '../../testing/stick-figure.ts';
import { drawTriangles, type Surface, surfaceOf } from '../raster.ts';
import { createSkin } from '../skin.ts';

/** What is found of one limb in one frame. */
export type LimbUnity = {
  limb: Limb;
  /** Share of the limb's pixels that hang together with the body. */
  attached: number;
  /**
   * Pixels enclosed by the limb alone, in squares of its half width at elbow or knee. What upper
   * and lower part only enclose together, away from their joint, is the crook of a folded limb.
   */
  holes: number;
  /**
   * For each joint how far it lies inside of what is drawn, against the bind pose: neighbouring
   * parts overlap there by this share of the limb's width.
   */
  depths: Partial<Record<Joint, number>>;
};

/** Covered where the mask is white. */
const SOLID = 128;
/** Masks are drawn with this margin around the picture, so that limbs may leave it. */
const MARGIN = 64;
/** A gap between upper and lower part is a tear within so many half widths of their joint. */
const CROOK_REACH = 1.5;
/** No limb is thicker than twice this many pixels. */
const DEPTH_MAX = 120;

/**
 * Measures frames of one character against the bind pose of `intact`, which is the same character
 * unless it was damaged on purpose; a picture's border is no border here.
 */
export function createUnityMeter(
  character: Character,
  intact: Character = character,
  isMeasured: (limb: Limb) => boolean = () => true,
): (frame: PerformanceFrame) => LimbUnity[] {
  const measure = createLimbMeter(character);
  const limbs = LIMBS.filter((limb) => character.movingLimbs.includes(limb) && isMeasured(limb));
  const measureIntact = intact === character ? measure : createLimbMeter(intact);
  const rest = frameOf(intact.joints);
  const usual = limbs.map((limb) => measureIntact(rest, limb));
  return (frame) =>
    limbs.map((limb, n) => {
      const { attached, holes, depths } = measure(frame, limb);
      const bind = usual[n]!;
      const width = frame.bodyScale;
      const shares = Object.entries(depths).map(([joint, depth]) => {
        const before = bind.depths[joint as Joint]!;
        return [joint, before < 2 ? 1 : depth / (before * width)];
      });
      const radius = Math.max(1, bind.depths[jointsOf(limb)[1]]!) * width;
      const newHoles = Math.max(0, holes - bind.holes * width * width);
      return { limb, attached, holes: newHoles / radius ** 2, depths: Object.fromEntries(shares) };
    });
}

/** Measures one limb, holes and depths in pixels. */
function createLimbMeter(character: Character): (frame: PerformanceFrame, limb: Limb) => LimbUnity {
  const draw = createMaskPainter(character);
  const runs = paintOrder(character.layers);
  return (frame, limb) => {
    const alone = draw(frame, (run) => run.limb === limb);
    const ranks = new Set(runs.filter((run) => run.limb === limb).map(({ rank }) => rank));
    const parts = [...ranks].map((rank) =>
      draw(frame, (run) => run.limb === limb && run.rank === rank),
    );
    const whole = draw(frame, (run) => run.limb === limb || run.limb === null);
    const [root, middle, end] = jointsOf(limb);
    const depthOf = (mask: Surface, joint: Joint): number => {
      const at = JOINT_INDEX[joint] * 2;
      return measureDepth(mask, frame.joints[at]! + MARGIN, frame.joints[at + 1]! + MARGIN);
    };
    const depths = {
      [root]: depthOf(whole, root),
      [middle]: depthOf(alone, middle),
      [end]: depthOf(alone, end),
    };
    const joint = JOINT_INDEX[middle] * 2;
    const near = {
      x: frame.joints[joint]! + MARGIN,
      y: frame.joints[joint + 1]! + MARGIN,
      radius: CROOK_REACH * Math.max(1, depths[middle]!),
    };
    const holes = countHoles(alone, parts, near);
    return { limb, attached: shareAttached(alone, whole), holes, depths };
  };
}

/** Draws chosen runs of triangles white on black, with a margin. */
function createMaskPainter(
  character: Character,
): (frame: PerformanceFrame, isDrawn: (run: PaintRun) => boolean) => Surface {
  const skin = createSkin(character);
  const runs = paintOrder(character.layers);
  const textures = character.layers.map(({ texture }) => surfaceOf(whiten(texture)));
  const places = character.layers.map(({ mesh }) => new Float32Array(mesh.positions.length));
  return (frame, isDrawn) => {
    skin.pose(frame);
    for (const [index, out] of places.entries()) {
      skin.place(index, out);
      for (let i = 0; i < out.length; i += 1) out[i]! += MARGIN;
    }
    const canvas = surfaceOf(blank(character.width + 2 * MARGIN, character.height + 2 * MARGIN));
    for (const run of runs.filter(isDrawn)) {
      const { mesh, x, y } = character.layers[run.layer]!;
      const source = { texture: textures[run.layer]!, textureX: x, textureY: y };
      const triangles = { source: mesh.positions, triangles: mesh.triangles };
      const target = places[run.layer]!;
      drawTriangles(canvas, { ...source, ...triangles, target, ...run }, 'over');
    }
    return canvas;
  };
}

function jointsOf(limb: Limb): [Joint, Joint, Joint] {
  const side = limb.startsWith('left') ? 'left' : 'right';
  return limb.endsWith('Arm')
    ? [`${side}Shoulder`, `${side}Elbow`, `${side}Wrist`]
    : [`${side}Hip`, `${side}Knee`, `${side}Ankle`];
}

function whiten({ width, height, data }: RgbaImage): RgbaImage {
  return { width, height, data: data.map((value, i) => (i % 4 === 3 ? value : 255)) };
}

function blank(width: number, height: number): RgbaImage {
  const data = new Uint8Array(width * height * 4);
  for (let i = 3; i < data.length; i += 4) data[i] = 255;
  return { width, height, data };
}

function isCovered({ pixels }: Surface, i: number): boolean {
  return (pixels[i]! & 0xff) >= SOLID;
}

/** Distance from a place to the nearest pixel that is not covered. */
function measureDepth(mask: Surface, x: number, y: number): number {
  let nearest = DEPTH_MAX;
  for (let dy = -DEPTH_MAX; dy <= DEPTH_MAX; dy += 1) {
    for (let dx = -DEPTH_MAX; dx <= DEPTH_MAX; dx += 1) {
      const away = Math.hypot(dx, dy);
      if (away >= nearest) continue;
      const [px, py] = [Math.round(x) + dx, Math.round(y) + dy];
      const isOut = px < 0 || py < 0 || px >= mask.width || py >= mask.height;
      if (isOut || !isCovered(mask, py * mask.width + px)) nearest = away;
    }
  }
  return nearest;
}

/** Marks what can be reached from `start` through pixels that `mayEnter`. */
function flood(size: Surface, start: number, mayEnter: (i: number) => boolean): Uint8Array {
  const { width, height } = size;
  const reached = new Uint8Array(width * height);
  const front = [start];
  for (let i = front.pop(); i !== undefined; i = front.pop()) {
    if (i < 0 || i >= reached.length || reached[i] === 1 || !mayEnter(i)) continue;
    reached[i] = 1;
    front.push(i - 1, i + 1, i - width, i + width);
  }
  return reached;
}

/** The limb's share in the piece of the figure that holds most of it. */
function shareAttached(alone: Surface, whole: Surface): number {
  const seen = new Uint8Array(whole.pixels.length);
  let most = 0;
  let total = 0;
  for (let i = 0; i < seen.length; i += 1) {
    if (!isCovered(whole, i) || seen[i] === 1) continue;
    const piece = flood(whole, i, (j) => isCovered(whole, j) && seen[j] === 0);
    let count = 0;
    for (let j = 0; j < piece.length; j += 1) {
      if (piece[j] === 0) continue;
      seen[j] = 1;
      if (isCovered(alone, j)) count += 1;
    }
    total += count;
    most = Math.max(most, count);
  }
  return total === 0 ? 1 : most / total;
}

/** Pixels that one part encloses, or that all enclose together within a disc. */
function countHoles(
  mask: Surface,
  parts: readonly Surface[],
  near: { x: number; y: number; radius: number },
): number {
  const outside = flood(mask, 0, (i) => !isCovered(mask, i));
  const partsOutside = parts.map((part) => flood(part, 0, (i) => !isCovered(part, i)));
  let count = 0;
  for (let i = 0; i < outside.length; i += 1) {
    if (outside[i] === 1 || isCovered(mask, i)) continue;
    const away = Math.hypot((i % mask.width) - near.x, Math.floor(i / mask.width) - near.y);
    if (away < near.radius || partsOutside.some((reached) => reached[i] === 0)) count += 1;
  }
  return count;
}
