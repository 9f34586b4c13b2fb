/**
 * Draws the small mark "Understudy" into a picture, from letters of our own, so that no font has to
 * be installed.
 */

import type { Point } from '../model/geometry.ts';
import type { RgbaImage } from '../model/image.ts';
import { clamp } from '../model/scalar.ts';
import { distanceToSegment } from '../model/segment.ts';

/** A letter as lines, in units of the height of a small letter; y points up from the base line. */
type Glyph = { advance: number; strokes: Point[][] };

/** Height of a small letter over the shorter side of the picture. */
const LETTER_HEIGHT = 0.019;
/** A mark smaller than this many pixels cannot be read. */
const LETTER_HEIGHT_MIN = 5;
/** Distance from the right and lower edge over the shorter side. */
const MARGIN = 0.03;

/** Gaps, half the width of a stroke, and reach above and below the line, in small letters. */
const LETTER_GAP = 0.36;
const STROKE_RADIUS = 0.11;
const ASCENT = 1.6;
const DESCENT = 0.55;

/** White letters in a soft dark glow can be read on any background. */
const LETTER_OPACITY = 0.72;
const GLOW_OPACITY = 0.38;
const GLOW_REACH = 0.4;

/** Straight pieces of a round stroke; more cannot be told apart at this size. */
const ARC_STEPS = 12;

type Mark = {
  width: number;
  height: number;
  /** 0..1 for each pixel of the mark. */
  letters: Float32Array;
  glow: Float32Array;
};

/** The mark of the last size, since all frames of a video have one size. */
let last: { letterHeight: number; mark: Mark } | null = null;

/** Draws the mark at the lower right, in place. Pictures too small to hold it stay as they are. */
export function drawWatermark(image: RgbaImage): void {
  const shorter = Math.min(image.width, image.height);
  const letterHeight = Math.max(LETTER_HEIGHT_MIN, Math.round(shorter * LETTER_HEIGHT));
  if (last?.letterHeight !== letterHeight) last = { letterHeight, mark: makeMark(letterHeight) };
  const { mark } = last;
  const left = image.width - Math.round(shorter * MARGIN) - mark.width;
  const top = image.height - Math.round(shorter * MARGIN) - mark.height;
  if (left < 0 || top < 0) return;
  for (let y = 0; y < mark.height; y += 1) {
    for (let x = 0; x < mark.width; x += 1) {
      const from = y * mark.width + x;
      const at = ((top + y) * image.width + left + x) * 4;
      const dimmed = 1 - mark.glow[from]!;
      const alpha = mark.letters[from]!;
      for (let channel = 0; channel < 3; channel += 1) {
        image.data[at + channel] = image.data[at + channel]! * dimmed * (1 - alpha) + 255 * alpha;
      }
    }
  }
}

function makeMark(letterHeight: number): Mark {
  const strokes: Point[][] = [];
  const pad = STROKE_RADIUS + GLOW_REACH;
  let pen = pad;
  for (const glyph of spellName()) {
    for (const stroke of glyph.strokes) {
      strokes.push(stroke.map(({ x, y }) => ({ x: x + pen, y: pad + ASCENT - y })));
    }
    pen += glyph.advance + LETTER_GAP;
  }
  const width = Math.ceil((pen - LETTER_GAP + pad) * letterHeight);
  const height = Math.ceil((ASCENT + DESCENT + 2 * pad) * letterHeight);
  const letters = new Float32Array(width * height);
  const glow = new Float32Array(width * height);
  for (let i = 0; i < letters.length; i += 1) {
    const x = ((i % width) + 0.5) / letterHeight;
    const y = (Math.floor(i / width) + 0.5) / letterHeight;
    const away = Math.min(...strokes.map((stroke) => distanceToStroke(stroke, x, y)));
    // One pixel wide edge around the stroke.
    letters[i] = LETTER_OPACITY * clamp((STROKE_RADIUS - away) * letterHeight + 0.5, 0, 1);
    glow[i] = GLOW_OPACITY * clamp(1 - (away - STROKE_RADIUS) / GLOW_REACH, 0, 1) ** 2;
  }
  return { width, height, letters, glow };
}

function spellName(): Glyph[] {
  const line = (...numbers: number[]): Point[] => {
    const points: Point[] = [];
    for (let i = 0; i + 1 < numbers.length; i += 2) {
      points.push({ x: numbers[i]!, y: numbers[i + 1]! });
    }
    return points;
  };
  const bowl = arc(0.42, 0.5, 0.42, 0.5, 0, 360);
  const U = glyph(1.04, [
    line(0, ASCENT, 0, 0.52),
    arc(0.52, 0.52, 0.52, 0.52, 180, 360),
    line(1.04, 0.52, 1.04, ASCENT),
  ]);
  const n = glyph(0.8, [
    line(0, 0, 0, 1),
    arc(0.4, 0.58, 0.4, 0.42, 180, 0),
    line(0.8, 0.58, 0.8, 0),
  ]);
  const d = glyph(0.84, [bowl, line(0.84, 0, 0.84, ASCENT)]);
  const e = glyph(0.86, [line(0.02, 0.52, 0.86, 0.52), arc(0.44, 0.5, 0.43, 0.5, 3, 318)]);
  const r = glyph(0.5, [line(0, 0, 0, 1), arc(0.42, 0.54, 0.42, 0.46, 180, 72)]);
  const s = glyph(0.66, [
    arc(0.34, 0.745, 0.3, 0.255, 35, 270),
    arc(0.34, 0.245, 0.32, 0.245, 90, -145),
  ]);
  const t = glyph(0.6, [
    line(0.22, 1.38, 0.22, 0.3),
    arc(0.5, 0.3, 0.28, 0.3, 180, 290),
    line(0, 1, 0.58, 1),
  ]);
  const u = glyph(0.8, [
    line(0, 1, 0, 0.42),
    arc(0.4, 0.42, 0.4, 0.42, 180, 360),
    line(0.8, 1, 0.8, 0),
  ]);
  const y = glyph(0.84, [line(0, 1, 0.43, 0), line(0.84, 1, 0.2, -0.5)]);
  return [U, n, d, e, r, s, t, u, d, y];
}

function glyph(advance: number, strokes: Point[][]): Glyph {
  return { advance, strokes };
}

/** Part of an ellipse; angles in degrees, counterclockwise from the right. */
function arc(
  x: number,
  y: number,
  radiusX: number,
  radiusY: number,
  from: number,
  to: number,
): Point[] {
  return Array.from({ length: ARC_STEPS + 1 }, (_, i) => {
    const angle = ((from + ((to - from) * i) / ARC_STEPS) * Math.PI) / 180;
    return { x: x + radiusX * Math.cos(angle), y: y + radiusY * Math.sin(angle) };
  });
}

function distanceToStroke(stroke: Point[], x: number, y: number): number {
  let nearest = Infinity;
  for (let i = 1; i < stroke.length; i += 1) {
    const a = stroke[i - 1]!;
    const b = stroke[i]!;
    nearest = Math.min(nearest, distanceToSegment(x, y, a.x, a.y, b.x, b.y));
  }
  return nearest;
}
