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
import { clamp } from '../model/scalar.ts';
import { readFaceTopology } from './face-topology.ts';

/** Places where a face shows its skin: cheeks, below the eyes, the bridge of the nose. */
const SKIN_POINTS = [205, 425, 50, 280, 117, 346, 6, 168, 9] as const;
/** Skin has at least this part of the colour of other skin, and of its brightness. */
const SKIN_CHROMA = 0.5;
const SKIN_ASIDE = 0.6;
const SKIN_LIGHT = 0.55;
/** White has at most this part of the skin's colour, and at least so much of its brightness. */
const WHITE_CHROMA = 0.4;
const WHITE_LIGHT = 0.75;
const WHITE_SHARE_MIN = 0.05;
/** An eye is looked for along so many rays, in steps and up to a way in widths of its rims. */
const RAYS = 32;
const STEP = 0.02;
const WAY_MAX = 1.4;
/** It ends where so many steps in a row are skin. */
const SKIN_RUN = 3;
/**
 * Hair that hangs into an eye would come down with its lid, and glasses close: there a ray finds no
 * skin, or is longer by this part than those beside it.
 */
const JUMP_MAX = 0.3;
/** Rims are moved when the eye is this much larger than they are; both eyes are of one size. */
const LARGER = 1.4;
const UNLIKE_MAX = 1.6;
/** What lies around an eye gives way over so many of its widths, or of the way of its rims. */
const GIVE_WIDTHS = 0.9;
const GIVE_WAYS = 2.2;
const ROUNDS = 100;

/** Corners lie so far inside of the outline, in widths of the eye, that it crosses there. */
const INSET = 1e-3;

type Outline = { side: EyeSide; frame: EyeFrame; rim: Point[]; area: number; whiteShare: number };

/**
 * The face with its rims around its eyes, and what lies beside them moved along; the same face when
 * they are there already, or the eyes cannot be told from what is around them.
 */
export function fitEyes(image: RgbaImage, face: Face): Face {
  const isSkin = createSkinTest(image, face);
  const outlines = EYE_SIDES.map((side) => findOutline(image, face, side, isSkin));
  const [right, left] = outlines;
  if (!right || !left) return face;
  const [small, large] = [right, left].map((it) => it.area * it.frame.width ** 2).sort(ascending);
  if (large! > UNLIKE_MAX * small!) return face;
  for (const { area, side, frame, whiteShare } of [right, left]) {
    if (area < LARGER * rimArea(face, side, frame) || whiteShare < WHITE_SHARE_MIN) return face;
  }
  return moveRims(face, [right, left]);
}

const ascending = (a: number, b: number): number => a - b;

type Looks = { isSkin: boolean; isWhite: boolean };

/** Tells skin by its colour, in light and in shade, and the white of eyes by the lack of it. */
function createSkinTest(image: RgbaImage, face: Face): (colour: Colour) => Looks {
  const skins = SKIN_POINTS.map((point) => colourAt(image, facePointAt(face, point)));
  skins.sort((a, b) => lightOf(a) - lightOf(b));
  const skin = skins[Math.floor(skins.length / 2)]!;
  const light = lightOf(skin);
  const tint = tintOf(skin);
  const size = Math.max(Math.hypot(tint[0], tint[1]), 1e-3);
  return (colour) => {
    const [x, y] = tintOf(colour);
    const along = (x * tint[0] + y * tint[1]) / (size * size);
    const aside = Math.abs(x * tint[1] - y * tint[0]) / (size * size);
    const bright = lightOf(colour) / Math.max(light, 1);
    return {
      isSkin: along > SKIN_CHROMA && aside < SKIN_ASIDE * Math.max(along, 1) && bright > SKIN_LIGHT,
      isWhite: along < WHITE_CHROMA && aside < WHITE_CHROMA && bright > WHITE_LIGHT,
    };
  };
}

function findOutline(
  image: RgbaImage,
  face: Face,
  side: EyeSide,
  look: (colour: Colour) => Looks,
): Outline | null {
  const frame = eyeFrame(face, side);
  const { upper, lower } = EYE_RIMS[side];
  const rims = [...upper, ...lower].map((point) => toEye(frame, facePointAt(face, point)));
  const middle = {
    x: rims.reduce((sum, { x }) => sum + x / rims.length, 0),
    y: rims.reduce((sum, { y }) => sum + y / rims.length, 0),
  };
  let [white, all] = [0, 0];
  const ways: number[] = [];
  for (let ray = 0; ray < RAYS; ray += 1) {
    const angle = (2 * Math.PI * ray) / RAYS;
    const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
    let [run, way] = [0, 0];
    for (; way < WAY_MAX && run < SKIN_RUN; way += STEP) {
      const place = { x: middle.x + way * dx, y: middle.y + way * dy };
      const { isSkin, isWhite } = look(colourAt(image, fromEye(frame, place)));
      run = isSkin ? run + 1 : 0;
      all += way;
      if (isWhite) white += way;
    }
    if (run < SKIN_RUN) return null;
    ways.push(way - SKIN_RUN * STEP);
  }
  const calm = ways.map((_, ray) =>
    median([-2, -1, 0, 1, 2].map((step) => ways[(ray + step + RAYS) % RAYS]!)),
  );
  if (ways.some((way, ray) => Math.abs(way - calm[ray]!) > JUMP_MAX * calm[ray]!)) return null;
  const rim = calm.map((way, ray) => {
    const angle = (2 * Math.PI * ray) / RAYS;
    return { x: middle.x + way * Math.cos(angle), y: middle.y + way * Math.sin(angle) };
  });
  return { side, frame, rim, area: areaOf(rim), whiteShare: white / Math.max(all, 1e-6) };
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

/** Rims lie on the outline, with the skin beside them as far off as it was. */
function placeRims(face: Face, { side, frame, rim }: Outline, moves: Moves): void {
  const { upper, lower, above, below } = EYE_RIMS[side];
  const last = upper.length - 1;
  const xs = rim.map(({ x }) => x);
  const [first, end] = [Math.min(...xs) + INSET, Math.max(...xs) - INSET];
  for (let i = 0; i <= last; i += 1) {
    const x = (first + end) / 2 - (Math.cos((Math.PI * i) / last) * (end - first)) / 2;
    const [top, bottom] = crossRim(rim, x);
    const isCorner = i === 0 || i === last;
    const middle = (top + bottom) / 2;
    for (const [point, skin, y] of [
      [upper[i]!, above[i - 1], isCorner ? middle : top],
      [lower[i]!, below[i - 1], isCorner ? middle : bottom],
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

const lightOf = ([red, green, blue]: Colour): number => (red + green + blue) / 3;

/** How red and how green a colour is beyond grey, whatever its brightness. */
function tintOf([red, green, blue]: Colour): readonly [number, number] {
  const sum = Math.max(red + green + blue, 1);
  return [red / sum - 1 / 3, green / sum - 1 / 3];
}
