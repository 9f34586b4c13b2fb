/** How deep inside the shape of a hand each pixel lies, told by its 21 points alone. */

import type { Point } from '../../model/geometry.ts';
import { type Hand, handPointAt } from '../../model/hand.ts';
import { clamp, mix } from '../../model/scalar.ts';
import { positionOnSegment } from '../../model/segment.ts';

/** Half the width of a finger over the length of the palm; the unit of all depths. */
export const FINGER_PART = 0.105;
/** Pixels farther outside than this many finger half-widths are not told apart. */
export const DEPTH_MAX = 2;
/** The shape goes on behind the wrist by this part of the palm. */
export const WRIST_REACH = 0.85;

/** Half widths in finger half-widths, from the base of each finger to its tip. */
const THUMB_WIDTHS = [1.9, 1.5, 1.15, 1] as const;
const FINGER_WIDTHS = [1.05, 0.96, 0.88, 0.8] as const;
/** From the wrist to the base of each finger. */
const SPOKE_WIDTHS = [1.55, 1.7, 1.9, 1.75, 1.55] as const;
const WRIST_WIDTH = 2.6;
const FINGER_STARTS = [1, 5, 9, 13, 17] as const;
const PALM_OUTLINE = [0, 1, 5, 9, 13, 17] as const;
/** Inside the outline of the palm a pixel is at least this deep. */
const PALM_DEPTH = -0.8;

/**
 * Depth of each pixel in finger half-widths: below 0 inside the hand, at most {@link DEPTH_MAX}.
 *
 * @param hand points in pixels of the picture
 * @param palm length of the palm in pixels
 * @param forearm angle in radians from the elbow to the wrist
 */
export function measureDepth(
  width: number,
  height: number,
  hand: Hand,
  palm: number,
  forearm: number,
): Float32Array {
  const unit = FINGER_PART * palm;
  const depth = new Float32Array(width * height).fill(DEPTH_MAX);
  const canvas = { width, height, depth, unit };
  const wrist = handPointAt(hand, 0);
  for (const [finger, start] of FINGER_STARTS.entries()) {
    const widths = finger === 0 ? THUMB_WIDTHS : FINGER_WIDTHS;
    const spoke = SPOKE_WIDTHS[finger]!;
    drawCapsule(canvas, wrist, handPointAt(hand, start), spoke, Math.max(spoke, widths[0]));
    for (let joint = 0; joint < 3; joint += 1) {
      const from = handPointAt(hand, start + joint);
      const to = handPointAt(hand, start + joint + 1);
      drawCapsule(canvas, from, to, widths[joint]!, widths[joint + 1]!);
    }
  }
  const back = {
    x: wrist.x - WRIST_REACH * palm * Math.cos(forearm),
    y: wrist.y - WRIST_REACH * palm * Math.sin(forearm),
  };
  drawCapsule(canvas, wrist, back, WRIST_WIDTH, WRIST_WIDTH);
  fillPalm(
    canvas,
    PALM_OUTLINE.map((index) => handPointAt(hand, index)),
  );
  return depth;
}

type Canvas = { width: number; height: number; depth: Float32Array; unit: number };

/** Lowers the depth around a segment whose half width changes from one end to the other. */
function drawCapsule(canvas: Canvas, a: Point, b: Point, widthA: number, widthB: number): void {
  const { width, height, depth, unit } = canvas;
  const reach = (Math.max(widthA, widthB) + DEPTH_MAX) * unit;
  const left = Math.max(0, Math.floor(Math.min(a.x, b.x) - reach));
  const right = Math.min(width - 1, Math.ceil(Math.max(a.x, b.x) + reach));
  const top = Math.max(0, Math.floor(Math.min(a.y, b.y) - reach));
  const bottom = Math.min(height - 1, Math.ceil(Math.max(a.y, b.y) + reach));
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  for (let y = top; y <= bottom; y += 1) {
    for (let x = left; x <= right; x += 1) {
      const t = clamp(positionOnSegment(x + 0.5, y + 0.5, a.x, a.y, b.x, b.y), 0, 1);
      const px = x + 0.5 - a.x - t * dx;
      const py = y + 0.5 - a.y - t * dy;
      const value = Math.sqrt(px * px + py * py) / unit - mix(widthA, widthB, t);
      const at = y * width + x;
      if (value < depth[at]!) depth[at] = value;
    }
  }
}

/** Even-odd rule: a fist folds the outline over itself. */
function fillPalm({ width, height, depth }: Canvas, outline: readonly Point[]): void {
  const top = Math.max(0, Math.floor(Math.min(...outline.map(({ y }) => y))));
  const bottom = Math.min(height - 1, Math.ceil(Math.max(...outline.map(({ y }) => y))));
  for (let y = top; y <= bottom; y += 1) {
    const crossings = outline.flatMap((a, i) => {
      const b = outline[(i + 1) % outline.length]!;
      const line = y + 0.5;
      if (a.y < line === b.y < line) return [];
      return [a.x + ((line - a.y) / (b.y - a.y)) * (b.x - a.x)];
    });
    crossings.sort((a, b) => a - b);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const from = Math.max(0, Math.ceil(crossings[i]! - 0.5));
      const to = Math.min(width, Math.ceil(crossings[i + 1]! - 0.5));
      for (let x = from; x < to; x += 1) {
        const at = y * width + x;
        depth[at] = Math.min(depth[at]!, PALM_DEPTH);
      }
    }
  }
}
