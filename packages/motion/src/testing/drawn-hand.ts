/** A flat hand of skin colour on another ground, with known points, for tests. */

import { HAND_POINT_COUNT, HAND_STRIDE, type Hand } from '../model/hand.ts';
import type { RgbaImage } from '../model/image.ts';
import { distanceToSegment } from '../model/segment.ts';

export const HAND_SKIN = [205, 160, 135] as const;
export const HAND_GROUND = [60, 90, 140] as const;
/** Length of its palm, and half the width of its fingers, in pixels. */
export const HAND_PALM = 50;
const FINGER = 5.5;

/** Where its wrist is and the fingers point, straight up. */
export const HAND_WRIST = { x: 100, y: 150 } as const;
const SPREADS = [-0.9, -0.35, 0, 0.3, 0.6] as const;

/** Spread fingers, wrist down, in a picture of 200 x 240 pixels. */
export function drawnHand(): { image: RgbaImage; hand: Hand } {
  const hand = new Float32Array(HAND_POINT_COUNT * HAND_STRIDE);
  const { x, y } = HAND_WRIST;
  hand.set([x, y, 0]);
  for (const [finger, spread] of SPREADS.entries()) {
    for (let joint = 0; joint < 4; joint += 1) {
      const reach = finger === 0 ? 0.45 + 0.22 * joint : 1 + 0.24 * joint;
      const at = (1 + finger * 4 + joint) * HAND_STRIDE;
      hand[at] = x + HAND_PALM * reach * Math.sin(spread);
      hand[at + 1] = y - HAND_PALM * reach * Math.cos(spread);
    }
  }
  return { image: paint(hand), hand };
}

function paint(hand: Hand): RgbaImage {
  const width = 200;
  const height = 240;
  const data = new Uint8Array(width * height * 4);
  for (let i = 0; i < width * height; i += 1) {
    const isHand = isInside(hand, (i % width) + 0.5, Math.floor(i / width) + 0.5);
    // Some grain, so that colours spread as in a photograph.
    const grain = ((i * 7919) % 13) - 6;
    data.set(
      (isHand ? HAND_SKIN : HAND_GROUND).map((value) => value + grain),
      i * 4,
    );
    data[i * 4 + 3] = 255;
  }
  return { width, height, data };
}

function isInside(hand: Hand, px: number, py: number): boolean {
  const near = (a: number, b: number, reach: number): boolean =>
    distanceToSegment(
      px,
      py,
      hand[a * HAND_STRIDE]!,
      hand[a * HAND_STRIDE + 1]!,
      hand[b * HAND_STRIDE]!,
      hand[b * HAND_STRIDE + 1]!,
    ) < reach;
  if (Math.abs(px - HAND_WRIST.x) < 13 && py >= HAND_WRIST.y) return true;
  return [1, 5, 9, 13, 17].some(
    (base) =>
      near(0, base, 1.9 * FINGER) ||
      [0, 1, 2].some((joint) => near(base + joint, base + joint + 1, FINGER)),
  );
}
