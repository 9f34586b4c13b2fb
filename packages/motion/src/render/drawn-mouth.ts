/**
 * Draws the inside of a mouth of our own, for clips that show too little of theirs: a row of teeth
 * that hangs in the skull and not on noisy pixels, the dark behind it, and a tongue.
 */

import type { Colour } from '../model/colour.ts';
import { INNER_LIPS } from '../model/performance.ts';
import { FACE } from '../model/pose.ts';
import { clamp, mix, smoothstep } from '../model/scalar.ts';
import type { TeethSeen } from './mouth-reading.ts';
import { type OwnMouth, SHADE_POWERS } from './own-mouth.ts';
import { EDGE_REACH, type Part } from './soft-edge.ts';

/*
 * All lengths are shares of the distance of the outer corners of the eyes, about 90 mm in an adult
 * (a row of upper teeth is 0.6 of it wide, a front tooth 0.09).
 */

/** So much of the front teeth is seen at least and at most. */
const TEETH_DOWN = [0.03, 0.085] as const;
/** The row of teeth bends up to its sides: by `rise` at `reach` from its middle. */
const ARCH = { reach: 0.28, rise: 0.055 } as const;
/** Where one tooth ends and the next one begins, on either side of the middle. */
const SEAMS = [0, 0.092, 0.166, 0.234, 0.286] as const;
/** A seam is so wide and takes so much light away, more at the edge of the row than at its root. */
const SEAM = { width: 0.007, strength: 0.1, root: 0.3, notch: 0.006 } as const;
/** They are known in so many steps a pixel. */
const SEAM_STEPS = 4;
/** Seams are hinted at from so many pixels a tooth on, and drawn. */
const SEAM_PIXELS = [4, 12] as const;
/** Teeth are in light as far out as this, and in the shade of the cheek from there on. */
const ROW = { from: 0.12, to: 0.32, strength: 0.45 } as const;
/**
 * Of teeth that fill the opening the upper row takes this part; the lower one is so much darker,
 * and so wide a shadow lies between.
 */
const UPPER_PART = 0.65;
const LOWER_LIGHT = 0.82;
const BITE = { width: 0.018, strength: 0.35 } as const;
/** The lips leave shade on the teeth, this deep, and over this part of a flat opening. */
const UPPER_LIP = { depth: 0.05, strength: 0.25 } as const;
const LOWER_LIP = { depth: 0.035, strength: 0.15 } as const;
const SHADE_PART = 0.4;
/** What lies behind is this part of the lips' colour: deep inside, and beside the lower lip. */
const DEEP: Colour = [0.2, 0.13, 0.13];
const NEAR: Colour = [0.4, 0.28, 0.28];
const NEAR_DEPTH = 0.09;
/** The tongue, a part of the lips' colour too, rises so far into what the teeth leave open. */
const TONGUE: Colour = [0.85, 0.7, 0.7];
const TONGUE_RISE = 0.55;
const TONGUE_ROOM = 0.05;
/** Its back lies in the dark; this part of the light reaches it. */
const TONGUE_BACK = 0.55;
/** It is this part of the opening wide, and its edge so soft. */
const TONGUE_WIDTH = 0.72;
const TONGUE_EDGE = 0.04;
/** Edges are this soft, in pixels. */
const EDGE_PIXELS = 0.9;
/** Nothing is seen so far outside of the lips, across a slanted rim, in pixels. */
const EDGE_MAX = 2 * EDGE_REACH;
/** The point between nose and upper lip, which no expression moves much. */
const UNDER_NOSE = 2;

type Place = readonly [x: number, y: number];
type Rims = { left: number; upper: Float32Array; lower: Float32Array };
/** Where a mouth is: its frame, which turns with the skull, and what lies in it, in pixels. */
type Frame = {
  origin: Place;
  along: Place;
  /** Pixels of one distance of the eyes. */
  unit: number;
  rims: Rims;
  halfWidth: number;
  height: number;
  /** How far the row of teeth comes down at its middle, seen from the middle of the upper lip. */
  teethDown: number;
  /** How far the lower row fills what the upper one leaves, 0..1. */
  filled: number;
};
type SeamAt = (x: number) => number;
/** The packed colour of a place. */
type Paint = (x: number, y: number) => number;

/** What the character's mouth was like in the picture, to measure the skull by. */
export type RestingFace = { own: OwnMouth; places: Float32Array };

/**
 * Draws the inside of a mouth over the opening in `part` and the soft edge around it.
 *
 * @param target x and y of the face points of this frame, in the pixels that `part` is a part of
 * @param seen what is known of the driver's teeth
 */
export function drawInside(
  part: Part,
  target: Float32Array,
  { own, places }: RestingFace,
  seen: TeethSeen,
): void {
  const frame = frameOf(target, places, own, seen);
  const paint = createPaint(frame, own);
  const [ux, uy] = frame.along;
  for (let row = 0; row < part.height; row += 1) {
    for (let column = 0; column < part.width; column += 1) {
      const dx = part.x + column + 0.5 - frame.origin[0];
      const dy = part.y + row + 0.5 - frame.origin[1];
      const x = dx * ux + dy * uy;
      const y = dy * ux - dx * uy;
      if (!isOutside(frame, x, y)) part.pixels[row * part.width + column] = paint(x, y);
    }
  }
}

function frameOf(
  target: Float32Array,
  places: Float32Array,
  own: OwnMouth,
  { shown, filled }: TeethSeen,
): Frame {
  const [right, left] = [placeOf(target, FACE.rightEyeOuter), placeOf(target, FACE.leftEyeOuter)];
  const eyes = Math.max(Math.hypot(left[0] - right[0], left[1] - right[1]), 1e-6);
  const along: Place = [(left[0] - right[0]) / eyes, (left[1] - right[1]) / eyes];
  const origin = placeOf(target, FACE.upperLip);
  const unit = own.size * eyes;
  const rims = readRims(target, origin, along);
  const heights = rims.upper.map((top, i) => rims.lower[i]! - top);
  const turned = middleOfEyes(target);
  const straight = middleOfEyes(places);
  const underNose = placeOf(target, UNDER_NOSE);
  const scale =
    downFrom(turned, underNose, along) /
    Math.max(downFrom(straight, placeOf(places, UNDER_NOSE), [1, 0]), 1);
  const lip = downFrom(placeOf(places, UNDER_NOSE), placeOf(places, FACE.upperLip), [1, 0]);
  const edge = scale * (lip + own.teethDown * own.size * own.eyeDistance);
  const hanging = (edge - downFrom(underNose, origin, along)) / Math.max(unit, 1e-6);
  const height = Math.max(...heights, 1e-6);
  // Teeth that the picture shows are never shorter than there.
  const least = Math.max(TEETH_DOWN[0], own.teethShown * own.teethDown);
  const length = unit * clamp(hanging, least, TEETH_DOWN[1]);
  const upper = Math.max(shown, own.teethShown) * length;
  return {
    origin,
    along,
    unit,
    rims,
    halfWidth: Math.max(rims.upper.length / 2, 1),
    height,
    teethDown: mix(upper, Math.max(upper, UPPER_PART * height), filled),
    filled,
  };
}

/** Heights of both rims of the lips at each column of pixels along the mouth. */
function readRims(target: Float32Array, origin: Place, along: Place): Rims {
  const rim = INNER_LIPS.map((point) => {
    const [dx, dy] = [target[point * 2]! - origin[0], target[point * 2 + 1]! - origin[1]];
    return [dx * along[0] + dy * along[1], dy * along[0] - dx * along[1]] as const;
  });
  const left = Math.floor(Math.min(...rim.map(([x]) => x)));
  const count = Math.ceil(Math.max(...rim.map(([x]) => x))) - left + 1;
  const corner = INNER_LIPS.length / 2;
  const upper = columnsOf(rim.slice(0, corner + 1), left, count);
  const lower = columnsOf([...rim.slice(corner), rim[0]!].reverse(), left, count);
  return { left, upper, lower };
}

function columnsOf(line: readonly Place[], left: number, count: number): Float32Array {
  let at = 1;
  return Float32Array.from({ length: count }, (_, i) => {
    while (at + 1 < line.length && line[at]![0] < left + i) at += 1;
    const [from, to] = [line[at - 1]!, line[at]!];
    const way = (left + i - from[0]) / Math.max(to[0] - from[0], 1e-6);
    return mix(from[1], to[1], clamp(way, 0, 1));
  });
}

function isOutside({ rims }: Frame, x: number, y: number): boolean {
  const column = clamp(Math.round(x) - rims.left, 0, rims.upper.length - 1);
  return y < rims.upper[column]! - EDGE_MAX || y > rims.lower[column]! + EDGE_MAX;
}

function createPaint(frame: Frame, own: OwnMouth): Paint {
  const { rims, unit, height, filled } = frame;
  const seamAt = createSeams(frame);
  const lit = createTeethLight(frame, own.sides, seamAt);
  const edgeAt = createTeethEdge(frame, seamAt);
  const tongueIn = createTongue(frame);
  const [deep, near, tongue] = [DEEP, NEAR, TONGUE].map((part) => times(own.lips, part));
  return (x, y) => {
    const column = clamp(Math.round(x) - rims.left, 0, rims.upper.length - 1);
    const up = y - rims.upper[column]!;
    const down = rims.lower[column]! - y;
    const nearness = smoothstep(NEAR_DEPTH * unit, 0, down) * Math.min(1, height / (0.1 * unit));
    const onTongue = tongueIn.share(x, down);
    const light = tongueIn.light(down);
    const below = y - edgeAt(x);
    const upper = smoothstep(EDGE_PIXELS, -EDGE_PIXELS, below);
    const tooth = mix(filled, 1, upper);
    const bite = 1 - filled * BITE.strength * smoothstep(BITE.width * unit, 0, Math.abs(below));
    const bright = tooth > 0 ? lit(x, up, down) * bite * mix(LOWER_LIGHT, 1, upper) : 0;
    let pixel = 0xff000000;
    for (let i = 0; i < 3; i += 1) {
      const soft = mix(mix(deep![i]!, near![i]!, nearness), light * tongue![i]!, onTongue);
      const tinted = tooth > 0 ? own.teeth[i]! * bright ** SHADE_POWERS[i]! : 0;
      pixel |= Math.round(mix(soft, tinted, tooth)) << (8 * i);
    }
    return pixel;
  };
}

/** Where the row of teeth ends at each place along the mouth. */
function createTeethEdge({ unit, teethDown }: Frame, seamAt: SeamAt): (x: number) => number {
  const notch = SEAM.notch * hintOf(unit);
  return (x) => {
    const side = x / (ARCH.reach * unit);
    return teethDown - (ARCH.rise * side * side + notch * seamAt(x)) * unit;
  };
}

/** How much light falls on the teeth; `up` and `down` are the ways to the lips. */
function createTeethLight(
  frame: Frame,
  sides: OwnMouth['sides'],
  seamAt: SeamAt,
): (x: number, up: number, down: number) => number {
  const { unit, height, teethDown, halfWidth } = frame;
  const flat = SHADE_PART * height;
  const [upper, lower] = [UPPER_LIP, LOWER_LIP].map(({ depth }) => Math.min(depth * unit, flat));
  const strength = SEAM.strength * hintOf(unit);
  const [right, left] = sides;
  return (x, up, down) => {
    const side = Math.min(Math.abs(x), halfWidth);
    const lamp = mix(right, left, clamp((x / halfWidth + 1) / 2, 0, 1));
    const row = lamp - lamp * ROW.strength * smoothstep(ROW.from, ROW.to, side / unit);
    const lips =
      (1 - UPPER_LIP.strength * smoothstep(upper!, 0, up)) *
      (1 - LOWER_LIP.strength * smoothstep(lower!, 0, down));
    const way = mix(SEAM.root, 1, clamp(up / Math.max(teethDown, 1), 0, 1));
    return row * lips * (1 - strength * way * seamAt(x));
  };
}

/** How clearly single teeth are seen, 0..1. */
function hintOf(unit: number): number {
  return smoothstep(...SEAM_PIXELS, SEAMS[1] * unit);
}

/** How near each place along the mouth is to a seam between two teeth, 0..1. */
function createSeams({ unit, rims }: Frame): SeamAt {
  const width = Math.max(SEAM.width, EDGE_PIXELS / unit);
  const count = SEAM_STEPS * rims.upper.length;
  const near = Float32Array.from({ length: count }, (_, i) => {
    const side = Math.abs(rims.left + i / SEAM_STEPS) / unit;
    const aways = SEAMS.map((seam) => (side - seam) / width);
    return Math.max(...aways.map((away) => Math.exp(-away * away)));
  });
  return (x) => near[clamp(Math.round((x - rims.left) * SEAM_STEPS), 0, count - 1)]!;
}

function createTongue({ unit, height, teethDown, halfWidth }: Frame) {
  const room = Math.max(0, height - teethDown - TONGUE_ROOM * unit);
  const rise = TONGUE_RISE * room;
  const edge = TONGUE_EDGE * unit;
  return {
    share(x: number, down: number): number {
      const side = x / (TONGUE_WIDTH * halfWidth);
      const top = rise * (1 - side * side);
      return smoothstep(edge, -edge / 2, down - top) * smoothstep(0, edge, rise);
    },
    light: (down: number): number =>
      mix(TONGUE_BACK, 1, clamp(1 - down / Math.max(rise, 1e-6), 0, 1)),
  };
}

function placeOf(places: Float32Array, point: number): Place {
  return [places[point * 2]!, places[point * 2 + 1]!];
}

function middleOfEyes(places: Float32Array): Place {
  const [right, left] = [placeOf(places, FACE.rightEyeOuter), placeOf(places, FACE.leftEyeOuter)];
  return [(right[0] + left[0]) / 2, (right[1] + left[1]) / 2];
}

/** The way from one place to another across `along`. */
function downFrom(from: Place, to: Place, [ux, uy]: Place): number {
  return (to[1] - from[1]) * ux - (to[0] - from[0]) * uy;
}

function times(colour: Colour, by: Colour): Colour {
  return [colour[0] * by[0], colour[1] * by[1], colour[2] * by[2]];
}
