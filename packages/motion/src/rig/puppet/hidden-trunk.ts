/** Guesses the side of the trunk where an arm hangs in front of it. */

import { blurGaussian } from '../../model/blur.ts';
import { dilate } from '../pixels/binary.ts';

/** Under an arm the trunk goes on by at most this many half widths of the arm. */
const REACH = 0.3;
/**
 * Towards the end of the contact the guess narrows by this many pixels a row, to meet the outline
 * that is seen.
 */
const TAPER = 0.25;
/** A hand that is bridged is at most this many half widths of the arm high. */
const BRIDGE_MAX = 3.2;
/** Rows without contact that do not end a contact. */
const GAP_MAX = 3;
/** Behind a hand notches up to twice this, in half widths of the arm, are closed. */
const CLOSE = 2.4;
/** Outlines under an arm are evened over about so many pixels. */
const EVEN_SIGMA = 2.5;

/**
 * Pixels of an arm (label `arm`) that shall also show trunk (`keep` = 1), row by row: all of them
 * between trunk and trunk, a tapering rim where the trunk is on one side only. At segmentation
 * size.
 */
export function extendUnderArm(
  keep: Uint8Array,
  labels: Int8Array,
  width: number,
  arm: number,
  halfWidth: number,
): Uint8Array {
  const height = labels.length / width;
  const extend = new Uint8Array(labels.length);
  for (const direction of [-1, 1]) {
    const ends = findContacts(keep, labels, width, height, arm, direction);
    const last = findLastRows(ends);
    for (let y = 0; y < height; y++) {
      for (const start of ends[y]!) {
        const run = measureRun(keep, labels, width, arm, y, start, direction);
        const reach = Math.min(REACH * halfWidth, TAPER * (last[y]! - y));
        const length = run.isBetween ? run.length : Math.min(run.length, Math.round(reach));
        for (let n = 0; n < length; n++) extend[y * width + start + n * direction] = 1;
      }
    }
  }
  return extend;
}

/** Pixels of an arm with body right above and right below: a hand on the hip or in a pocket. */
export function bridgeUnderArm(
  body: Uint8Array,
  labels: Int8Array,
  width: number,
  arm: number,
  halfWidth: number,
): Uint8Array {
  const longest = Math.round(BRIDGE_MAX * halfWidth) * width;
  const bridge = new Uint8Array(labels.length);
  for (let x = 0; x < width; x++) {
    let start = -1;
    for (let i = x; i < labels.length; i += width) {
      if (body[i] === 1) {
        const isShort = start >= 0 && i - start <= longest;
        for (let j = start; isShort && j < i; j += width) bridge[j] = 1;
        start = i + width;
      } else if (labels[i] !== arm) start = -1;
    }
  }
  return bridge;
}

/**
 * The guess `extend` of the trunk under one arm with an even outline: spikes and notches are only
 * those of the arm's rim. Around `hand` (places of a hand on the hip) the outline goes straight on
 * from above to below. `body` is what is seen of the trunk; at segmentation size.
 */
export function evenUnderArm(
  extend: Uint8Array,
  body: Uint8Array,
  labels: Int8Array,
  width: number,
  arm: number,
  hand: Uint8Array,
  halfWidth: number,
): Uint8Array {
  const height = labels.length / width;
  const union = body.map((value, i) => Math.max(value, extend[i]!));
  const radius = Math.round(CLOSE * halfWidth);
  const closed = closeMask(body, width, height, radius);
  for (let i = 0; i < union.length; i++) if (hand[i] === 1 && closed[i] === 1) union[i] = 1;
  const soft = blurGaussian(Float32Array.from(union), width, height, EVEN_SIGMA);
  return extend.map((value, i) => {
    if (labels[i] !== arm || body[i] === 1) return value;
    return soft[i]! > 0.5 ? 1 : 0;
  });
}

/** Fills notches and gaps up to twice the radius (square neighbourhood). */
function closeMask(mask: Uint8Array, width: number, height: number, radius: number): Uint8Array {
  const outside = dilate(mask, width, height, radius).map((value) => 1 - value);
  return dilate(outside, width, height, radius).map((value) => 1 - value);
}

/** In each row the arm pixels that follow a trunk pixel when going in a direction. */
function findContacts(
  keep: Uint8Array,
  labels: Int8Array,
  width: number,
  height: number,
  arm: number,
  direction: number,
): number[][] {
  return Array.from({ length: height }, (_, y) => {
    const starts: number[] = [];
    for (let x = 1; x < width - 1; x++) {
      const i = y * width + x;
      if (labels[i] !== arm || keep[i] === 1 || keep[i - direction] === 0) continue;
      starts.push(x);
    }
    return starts;
  });
}

/** For each row with contact the row in which the contact ends. */
function findLastRows(contacts: readonly number[][]): Int32Array {
  const last = new Int32Array(contacts.length);
  let end = -1;
  let gap = GAP_MAX + 1;
  for (let y = contacts.length - 1; y >= 0; y--) {
    if (contacts[y]!.length === 0) {
      gap++;
      continue;
    }
    if (gap > GAP_MAX) end = y;
    gap = 0;
    last[y] = end;
  }
  return last;
}

function measureRun(
  keep: Uint8Array,
  labels: Int8Array,
  width: number,
  arm: number,
  y: number,
  start: number,
  direction: number,
): { length: number; isBetween: boolean } {
  let x = start;
  while (x >= 0 && x < width && labels[y * width + x] === arm && keep[y * width + x] === 0) {
    x += direction;
  }
  const isBetween = x >= 0 && x < width && keep[y * width + x] === 1;
  return { length: Math.abs(x - start), isBetween };
}
