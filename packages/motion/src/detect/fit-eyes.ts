/**
 * Finds the large eyes of drawn figures: the network lays rims as small as people's into them, and
 * lids that close over a part of an eye look broken.
 */

import type { Colour } from '../model/colour.ts';
import {
  EYE_RIMS,
  EYE_SIDES,
  type EyeFrame,
  type EyeSide,
  eyeFrame,
  toEye,
} from '../model/eyes.ts';
import type { Point } from '../model/geometry.ts';
import type { RgbaImage } from '../model/image.ts';
import { facePointAt } from '../model/landmarks.ts';
import { median } from '../model/percentile.ts';
import { FACE_LANDMARK_COUNT, FACE_STRIDE, type Face } from '../model/pose.ts';
import { clamp, mix } from '../model/scalar.ts';
import { readFaceTopology } from './face-topology.ts';
import { createSkinTest, SKIN_POINTS, type SkinLooks } from './skin-looks.ts';

/** Part of a drawn eye that is white (0.13 and more); sunglasses have none, flat shade has 0.05. */
const WHITE_SHARE_MIN = 0.08;
/** An eye is looked for along so many rays, in steps and up to a way in widths of its rims. */
const RAYS = 32;
const STEP = 0.02;
const WAY_MAX = 1.4;
/** It ends where so many steps in a row, and so many pixels, are skin. */
const SKIN_RUN = 3;
const SKIN_PIXELS = 2;
/**
 * Where hair hangs into an eye a ray finds no skin, or is longer by this part than those beside it;
 * the outline goes on behind it. Of glasses no more rays than these find any, all or in a row.
 */
const JUMP_MAX = 0.3;
const HIDDEN_MAX = 0.35;
const HIDDEN_RUN_MAX = 6;
/**
 * Rims are moved when the eye is this much larger than they are: with their shade those of rendered
 * figures are by 2.4, those of drawn ones by 8 and more. Both eyes are of one size.
 */
const LARGER = 4;
const UNLIKE_MAX = 1.6;
/** What lies around an eye gives way over so many of its widths, or of the way of its rims. */
const GIVE_WIDTHS = 0.9;
const GIVE_WAYS = 2.2;
const ROUNDS = 100;

/** Corners lie so far inside of the outline, in widths of the eye, that it crosses there. */
const INSET = 1e-3;

type Outline = { side: EyeSide; frame: EyeFrame; rim: Point[]; area: number; whiteShare: number };

/**
 * The face with its rims around its large drawn eyes, and what lies beside them moved along; null
 * when they are there already, or the eyes cannot be told from what is around them.
 */
export function fitEyes(image: RgbaImage, face: Face): Face | null {
  const look = createSkinTest(
    SKIN_POINTS.map((point) => colourAt(image, facePointAt(face, point))),
  );
  const rays = EYE_SIDES.map((side) => findRays(image, face, side, look));
  if (!rays[0] || !rays[1]) return null;
  const [right, left] = [
    outlineOf(face, 'right', asShort(rays[0], rays[1])),
    outlineOf(face, 'left', asShort(rays[1], rays[0])),
  ];
  const [small, large] = [right, left].map((it) => it.area * it.frame.width ** 2).sort(ascending);
  if (large! > UNLIKE_MAX * small!) return null;
  for (const { area, side, frame, whiteShare } of [right, left]) {
    if (area < LARGER * rimArea(face, side, frame) || whiteShare < WHITE_SHARE_MIN) return null;
  }
  return moveRims(face, [right, left]);
}

const ascending = (a: number, b: number): number => a - b;

/** Rays of an eye from the middle outwards: how long they are, and how much of them is white. */
type Rays = { middle: Point; ways: number[]; whiteShare: number };

/** The rays from the middle of the rims, and again from the middle of what they have found. */
function findRays(
  image: RgbaImage,
  face: Face,
  side: EyeSide,
  look: (colour: Colour) => SkinLooks,
): Rays | null {
  const frame = eyeFrame(face, side);
  const { upper, lower } = EYE_RIMS[side];
  const rims = [...upper, ...lower].map((point) => toEye(frame, facePointAt(face, point)));
  const first = traceRays(image, frame, middleOf(rims), look);
  return first && traceRays(image, frame, middleOf(ringOf(first)), look);
}

function traceRays(
  image: RgbaImage,
  frame: EyeFrame,
  middle: Point,
  look: (colour: Colour) => SkinLooks,
): Rays | null {
  let [white, all] = [0, 0];
  const ways: (number | null)[] = [];
  const runMin = Math.max(SKIN_RUN, Math.ceil(SKIN_PIXELS / (STEP * frame.width)));
  for (let ray = 0; ray < RAYS; ray += 1) {
    const angle = (2 * Math.PI * ray) / RAYS;
    const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
    let [run, way, whiteHere, allHere] = [0, 0, 0, 0];
    for (; way < WAY_MAX && run < runMin; way += STEP) {
      const place = { x: middle.x + way * dx, y: middle.y + way * dy };
      const { isSkin, isWhite } = look(colourAt(image, fromEye(frame, place)));
      run = isSkin ? run + 1 : 0;
      allHere += way;
      if (isWhite) whiteHere += way;
    }
    const isEnd = run >= runMin;
    ways.push(isEnd ? way - run * STEP : null);
    if (!isEnd) continue;
    white += whiteHere;
    all += allHere;
  }
  const whole = goOnBehind(ways);
  return whole && { middle, ways: whole, whiteShare: white / Math.max(all, 1e-6) };
}

function middleOf(places: readonly Point[]): Point {
  return {
    x: places.reduce((sum, { x }) => sum + x / places.length, 0),
    y: places.reduce((sum, { y }) => sum + y / places.length, 0),
  };
}

function ringOf({ middle, ways }: Rays): Point[] {
  return ways.map((way, ray) => {
    const angle = (2 * Math.PI * ray) / RAYS;
    return { x: middle.x + way * Math.cos(angle), y: middle.y + way * Math.sin(angle) };
  });
}

/** The same rays, where hair or lashes make them longer than those of the other eye as long. */
function asShort(rays: Rays, other: Rays): Rays {
  const scale = median(rays.ways) / Math.max(median(other.ways), 1e-6);
  const ways = rays.ways.map((way, ray) => {
    const mirrored = (RAYS / 2 - ray + RAYS) % RAYS;
    return Math.min(way, other.ways[mirrored]! * scale);
  });
  return { ...rays, ways };
}

function outlineOf(face: Face, side: EyeSide, rays: Rays): Outline {
  const rim = ringOf(rays);
  const { whiteShare } = rays;
  return { side, frame: eyeFrame(face, side), rim, area: areaOf(rim), whiteShare };
}

/** All ways of an outline, calm, with those that are hidden between their neighbours, or null. */
function goOnBehind(ways: readonly (number | null)[]): number[] | null {
  const around = (all: readonly (number | null)[], ray: number): number[] =>
    [-2, -1, 0, 1, 2].flatMap((step) => all[(ray + step + RAYS) % RAYS] ?? []);
  const seen = ways.map((way, ray) => {
    if (way === null) return null;
    const usual = median(around(ways, ray));
    return Math.abs(way - usual) > JUMP_MAX * usual ? null : way;
  });
  const isHidden = (ray: number): boolean => seen[(ray + RAYS) % RAYS] === null;
  if (seen.filter((way) => way === null).length > HIDDEN_MAX * RAYS) return null;
  const whole: number[] = [];
  for (const [ray, way] of seen.entries()) {
    let [before, after] = [0, 0];
    while (isHidden(ray - before)) before += 1;
    while (isHidden(ray + after)) after += 1;
    if (before + after > HIDDEN_RUN_MAX + 1) return null;
    const [from, to] = [seen[(ray - before + RAYS) % RAYS]!, seen[(ray + after) % RAYS]!];
    whole.push(way ?? mix(from, to, before / (before + after)));
  }
  return whole.map((_, ray) => median(around(whole, ray)));
}

function rimArea(face: Face, side: EyeSide, frame: EyeFrame): number {
  const { upper, lower } = EYE_RIMS[side];
  const ring = [...upper, ...lower.slice(1, -1).reverse()];
  return areaOf(ring.map((point) => toEye(frame, facePointAt(face, point))));
}

function areaOf(ring: readonly Point[]): number {
  const twice = ring.reduce((sum, a, i) => {
    const b = ring[(i + 1) % ring.length]!;
    return sum + a.x * b.y - a.y * b.x;
  }, 0);
  return Math.abs(twice) / 2;
}

/** How far each point moves, x and y, where that is settled. */
type Moves = Map<number, Point>;

function moveRims(face: Face, outlines: readonly Outline[]): Face {
  const moves: Moves = new Map();
  for (const outline of outlines) placeRims(face, outline, moves);
  const far = Math.max(...[...moves.values()].map(({ x, y }) => Math.hypot(x, y)));
  const width = Math.max(...outlines.map(({ frame }) => frame.width));
  const reach = Math.max(GIVE_WIDTHS * width, GIVE_WAYS * far);
  const settled = [...moves.keys()].map((point) => facePointAt(face, point));
  for (let point = 0; point < FACE_LANDMARK_COUNT; point += 1) {
    const { x, y } = facePointAt(face, point);
    const isFar = settled.every((place) => Math.hypot(place.x - x, place.y - y) > reach);
    if (isFar && !moves.has(point)) moves.set(point, { x: 0, y: 0 });
  }
  return giveWay(face, moves);
}

/**
 * Rims lie on the outline, with the skin beside them as far off as it was. Both corners lie as high
 * as its middle: the ends of drawn lashes would let lids slant, which looks angry.
 */
function placeRims(face: Face, { side, frame, rim }: Outline, moves: Moves): void {
  const { upper, lower, above, below } = EYE_RIMS[side];
  const last = upper.length - 1;
  const xs = rim.map(({ x }) => x);
  const { y: level } = middleOf(rim);
  const [first, end] = [Math.min(...xs) + INSET, Math.max(...xs) - INSET];
  for (let i = 0; i <= last; i += 1) {
    const x = (first + end) / 2 - (Math.cos((Math.PI * i) / last) * (end - first)) / 2;
    const [top, bottom] = crossRim(rim, x);
    const isCorner = i === 0 || i === last;
    for (const [point, skin, y] of [
      [upper[i]!, above[i - 1], isCorner ? level : top],
      [lower[i]!, below[i - 1], isCorner ? level : bottom],
    ] as const) {
      const from = facePointAt(face, point);
      const to = fromEye(frame, { x, y });
      const move = { x: to.x - from.x, y: to.y - from.y };
      moves.set(point, move);
      if (skin !== undefined) moves.set(skin, move);
    }
  }
}

/** The other points come to lie as evenly between those that are settled as before. */
function giveWay(face: Face, moves: Moves): Face {
  const neighbours = Array.from({ length: FACE_LANDMARK_COUNT }, () => new Set<number>());
  const { triangles } = readFaceTopology();
  for (const [i, point] of triangles.entries()) {
    const next = triangles[i % 3 === 2 ? i - 2 : i + 1]!;
    neighbours[point]!.add(next);
    neighbours[next]!.add(point);
  }
  const way = new Float64Array(FACE_LANDMARK_COUNT * 2);
  for (const [point, { x, y }] of moves) way.set([x, y], point * 2);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [point, around] of neighbours.entries()) {
      if (moves.has(point) || around.size === 0) continue;
      for (const axis of [0, 1]) {
        let sum = 0;
        for (const other of around) sum += way[other * 2 + axis]!;
        way[point * 2 + axis] = sum / around.size;
      }
    }
  }
  return face.map((value, i) =>
    i % FACE_STRIDE < 2 ? value + way[Math.floor(i / FACE_STRIDE) * 2 + (i % FACE_STRIDE)]! : value,
  );
}

/** The heights at which an outline begins and ends at `x`. */
function crossRim(rim: readonly Point[], x: number): [number, number] {
  let [top, bottom] = [Infinity, -Infinity];
  for (const [i, a] of rim.entries()) {
    const b = rim[(i + 1) % rim.length]!;
    if ((a.x - x) * (b.x - x) > 0) continue;
    const y = Math.abs(b.x - a.x) < 1e-9 ? a.y : a.y + ((x - a.x) / (b.x - a.x)) * (b.y - a.y);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return [top, bottom];
}

function colourAt({ width, height, data }: RgbaImage, { x, y }: Point): Colour {
  const column = clamp(Math.floor(x), 0, width - 1);
  const at = (clamp(Math.floor(y), 0, height - 1) * width + column) * 4;
  return [data[at]!, data[at + 1]!, data[at + 2]!];
}

function fromEye({ centre, right, down }: EyeFrame, { x, y }: Point): Point {
  return {
    x: centre.x + x * right.x + y * down.x,
    y: centre.y + x * right.y + y * down.y,
  };
}
