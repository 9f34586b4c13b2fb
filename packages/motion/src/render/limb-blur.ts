/**
 * Shows limbs that move fast as a camera sees them: smeared along their way while the shutter is
 * open. Only the places they pass are drawn more than once; all else stays as it was drawn.
 */

import {
  type Character,
  type Layer,
  LIMB_BONES,
  LIMB_CHAINS,
  LIMBS,
  type Limb,
} from '../model/character.ts';
import type { Box } from '../model/geometry.ts';
import { JOINT_INDEX } from '../model/joints.ts';
import type { PaintRun } from '../model/paint-order.ts';
import type { BorrowedHand, PerformanceFrame } from '../model/performance.ts';
import { clamp } from '../model/scalar.ts';
import {
  boxAround,
  extend,
  listTriangles,
  makeReach,
  measureReach,
  openBounds,
  type Paths,
} from './limb-reach.ts';
import type { Surface } from './raster.ts';
import type { Skin } from './skin.ts';
import {
  holdStill,
  makeSmearRoom,
  noteStep,
  openField,
  openSmear,
  type SmearRoom,
  type StepField,
} from './step-smear.ts';

/**
 * Longest way of a joint from one drawing to the next, over the shorter side: each is spread along
 * its way to the next one.
 */
const STEP = 0.03;
/** Odd, as all numbers of drawings are: the one in the middle is the frame itself. */
const DRAWINGS_MAX = 3;
/** Distance of the places at which a moving triangle is noted, in pixels. */
const NOTE_WAY = 8;
/** A hand is no longer than this from its wrist, in palms. */
const HAND_REACH = 2.4;

/**
 * Draws the runs `from` to `to` (not included) of a frame; `left` and `top` are where in the frame
 * the surface lies, `places` those of the vertices of each layer on the surface. `triangles` are
 * those of each run that can be seen there, where they are not all.
 */
export type DrawRuns = (
  surface: Surface,
  left: number,
  top: number,
  places: readonly Float32Array[],
  from: number,
  to: number,
  triangles?: readonly Uint32Array[],
) => void;

/** The fast limbs of one frame: their runs begin at `first`. */
export type FastLimbs = {
  first: number;
  /** To be called when all runs before `first` are drawn, and no other. */
  keepBehind(canvas: Surface): void;
  /** To be called when the whole frame is drawn. Poses the skin. */
  smear(canvas: Surface, draw: DrawRuns): void;
};

/** Finds the limbs of a frame that blur; null when none does. Poses the skin. */
export type LimbBlur = (
  frame: PerformanceFrame,
  places: readonly Float32Array[],
  runs: readonly PaintRun[],
) => FastLimbs | null;

/** A part of the frame that is drawn several times; nothing has been drawn where alpha is 0. */
type Window = {
  box: Box;
  triangles: Uint32Array[];
  under: Surface;
  drawing: Surface;
  smear: SmearRoom;
};

/** Prepares to blur the limbs of a character. */
export function createLimbBlur(character: Character, skin: Skin): LimbBlur {
  const { layers, width, height } = character;
  const step = STEP * Math.min(width, height);
  const ends = [0, 1].map(() => layers.map(blankPlaces));
  const shifted = layers.map(blankPlaces);
  const reaches = layers.map(({ mesh }) => makeReach(mesh.positions.length / 2));
  const rooms: Room[] = [];
  const pose = (frame: PerformanceFrame, share: number, out: readonly Float32Array[]): void => {
    skin.pose({ ...frame, joints: moveJoints(frame.joints, frame.sweep!, share) });
    for (const [layer, to] of out.entries()) skin.place(layer, to);
  };
  return (frame, places, runs) => {
    const { sweep } = frame;
    const ways = LIMBS.map((limb) => (sweep ? longestWay(sweep, limb) : 0));
    const way = Math.max(...ways);
    const isFast = ({ limb }: PaintRun) => limb !== null && ways[LIMBS.indexOf(limb)]! > 0;
    const first = runs.findIndex(isFast);
    if (way === 0 || first < 0) return null;
    const count = Math.min(DRAWINGS_MAX, 2 * Math.ceil((way / step - 1) / 2 - 1e-6) + 1);
    pose(frame, -0.5, ends[0]!);
    pose(frame, 0.5, ends[1]!);
    const paths: Paths = [places, ends[0]!, ends[1]!];
    for (const [layer, reach] of reaches.entries()) measureReach(paths, layer, reach);
    const boxes = LIMBS.flatMap((limb, i) =>
      ways[i]! > 0 ? boxAround(character, runs, limb, reaches) : [],
    );
    const windows = mergeBoxes(boxes, width, height).map((box, i) => {
      const size = box.width * box.height;
      if (!(size <= (rooms[i]?.size ?? -1))) rooms[i] = makeRoom(size);
      const triangles = listTriangles(character, runs, first, box, reaches);
      return openWindow(box, triangles, rooms[i]!);
    });
    return {
      first,
      keepBehind: (canvas) => {
        for (const { box, under } of windows) {
          copyBox(canvas, box, under);
          for (let at = 0; at < under.pixels.length; at++) under.pixels[at]! &= COLOUR;
        }
      },
      smear: (canvas, draw) => {
        for (const { box, triangles, under, drawing, smear } of windows) {
          const field = openField(box);
          for (const [i, list] of triangles.entries()) {
            if (isFast(runs[i]!)) noteTriangles(field, list, runs[i]!.layer, paths, count);
          }
          for (const hand of frame.hands ?? []) holdStill(field, (x, y) => isInHand(hand, x, y));
          const sum = openSmear(field, smear);
          sum.exposeFrame(canvas, under);
          for (let n = 0; n < count; n++) {
            if (2 * n + 1 === count) continue;
            drawing.pixels.set(under.pixels);
            placeBetween(paths, (n + 0.5) / count - 0.5, box, shifted);
            draw(drawing, box.x, box.y, shifted, first, runs.length + 1, triangles);
            sum.expose(drawing);
          }
          sum.develop(count, under, canvas);
        }
      },
    };
  };
}

const COLOUR = 0x00ffffff;

/** A borrowed hand brings the blur of its own camera, and is drawn at one place only. */
function isInHand({ patch, place, scale, rotation, fade }: BorrowedHand, x: number, y: number) {
  const palm = patch.palm * scale;
  const angle = patch.axis + rotation;
  const along = (x - place.x) * Math.cos(angle) + (y - place.y) * Math.sin(angle);
  return along > fade[0] * palm && Math.hypot(x - place.x, y - place.y) < HAND_REACH * palm;
}

/** Where a value is at a share of its way, from -0.5 to 0.5, on the parabola of three places. */
function between(here: number, from: number, to: number, share: number): number {
  return here + share * (to - from) + 2 * share * share * (from + to - 2 * here);
}

/** Places of the vertices on a part of the frame. */
function placeBetween(
  [here, from, to]: Paths,
  share: number,
  { x, y }: Box,
  out: readonly Float32Array[],
): void {
  for (const [layer, places] of out.entries()) {
    const [a, b, c] = [here[layer]!, from[layer]!, to[layer]!];
    for (let i = 0; i < places.length; i += 2) {
      places[i] = between(a[i]!, b[i]!, c[i]!, share) - x;
      places[i + 1] = between(a[i + 1]!, b[i + 1]!, c[i + 1]!, share) - y;
    }
  }
}

/** Notes how far triangles go from drawing to drawing, all along their way. */
function noteTriangles(
  field: StepField,
  triangles: Uint32Array,
  layer: number,
  [here, from, to]: Paths,
  count: number,
): void {
  const [a, b, c] = [here[layer]!, from[layer]!, to[layer]!];
  for (let i = 0; i < triangles.length; i += 3) {
    let x = 0;
    let y = 0;
    for (let corner = i; corner < i + 3; corner++) {
      const at = triangles[corner]! * 2;
      x += (c[at]! - b[at]!) / 3;
      y += (c[at + 1]! - b[at + 1]!) / 3;
    }
    const places = Math.ceil(Math.max(Math.abs(x), Math.abs(y)) / NOTE_WAY) + 1;
    for (let place = 0; place < places; place++) {
      const share = (place + 0.5) / places - 0.5;
      const bounds = openBounds();
      for (let corner = i; corner < i + 3; corner++) {
        const at = triangles[corner]! * 2;
        const across = between(a[at]!, b[at]!, c[at]!, share);
        extend(bounds, across, between(a[at + 1]!, b[at + 1]!, c[at + 1]!, share));
      }
      noteStep(field, bounds, x / count, y / count);
    }
  }
}

function blankPlaces({ mesh }: Layer): Float32Array {
  return new Float32Array(mesh.positions.length);
}

function longestWay(sweep: Float32Array, limb: Limb): number {
  const ways = LIMB_CHAINS[limb].map((bone) => {
    const at = JOINT_INDEX[LIMB_BONES[bone][1]] * 2;
    return Math.hypot(sweep[at]!, sweep[at + 1]!);
  });
  return Math.max(...ways);
}

function moveJoints(joints: Float32Array, sweep: Float32Array, share: number): Float32Array {
  return joints.map((value, at) => value + share * sweep[at]!);
}

/** Boxes inside of the canvas; those that touch become one, so that no place is drawn twice. */
function mergeBoxes(boxes: readonly Box[], wide: number, tall: number): Box[] {
  const apart: Box[] = [];
  for (const box of boxes) {
    const x = clamp(box.x, 0, wide);
    const y = clamp(box.y, 0, tall);
    const width = clamp(box.x + box.width, 0, wide) - x;
    const height = clamp(box.y + box.height, 0, tall) - y;
    if (!(width > 0 && height > 0)) continue;
    let whole: Box = { x, y, width, height };
    for (let i = apart.findIndex((it) => touches(it, whole)); i >= 0; ) {
      whole = unite(apart.splice(i, 1)[0]!, whole);
      i = apart.findIndex((it) => touches(it, whole));
    }
    apart.push(whole);
  }
  return apart;
}

function touches(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function unite(a: Box, b: Box): Box {
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
  const right = Math.max(a.x + a.width, b.x + b.width);
  const bottom = Math.max(a.y + a.height, b.y + b.height);
  return { x, y, width: right - x, height: bottom - y };
}

/** Memory of a window, which is used again in later frames. */
type Room = {
  size: number;
  under: Int32Array;
  drawing: Int32Array;
  smear: SmearRoom;
};

function makeRoom(size: number): Room {
  return {
    size,
    under: new Int32Array(size),
    drawing: new Int32Array(size),
    smear: makeSmearRoom(),
  };
}

function openWindow(box: Box, triangles: Uint32Array[], room: Room): Window {
  const { width, height } = box;
  const view = (pixels: Int32Array): Surface => ({
    width,
    height,
    pixels: pixels.subarray(0, width * height),
  });
  return {
    box,
    triangles,
    under: view(room.under),
    drawing: view(room.drawing),
    smear: room.smear,
  };
}

function copyBox(canvas: Surface, { x, y, width, height }: Box, out: Surface): void {
  for (let row = 0; row < height; row++) {
    const from = (y + row) * canvas.width + x;
    out.pixels.set(canvas.pixels.subarray(from, from + width), row * width);
  }
}
