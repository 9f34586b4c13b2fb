/**
 * Reads from colours what a skeleton cannot know: skirt or trousers, bare or hidden hands, the
 * colour of the hair.
 */

import { type Colour, meanColour } from '../../model/colour.ts';
import type { Point } from '../../model/geometry.ts';
import { jointAt } from '../../model/joints.ts';
import { between, facePointAt } from '../../model/landmarks.ts';
import { FACE } from '../../model/pose.ts';
import { chromaDistance, colourAt, colourDistance, type Figure } from './figure.ts';
import type { Side } from './parts.ts';

/** Colours nearer than this (0..441) are the same cloth. */
const SAME_CLOTH_MAX = 45;
/** Hand and face of one person are nearer than this in chroma. */
const SAME_SKIN_MAX = 60;
/** Hair must differ from skin by this much to be told apart. */
const HAIR_FROM_SKIN_MIN = 45;
/** The parting shows skin as bright as the forehead, which differs from it by less than this. */
const PARTING_MAX = 25;
/** Points of the face on the forehead. */
const FOREHEAD = [10, 151, 9, 108, 337] as const;

export type Appearance = {
  isSkirt: boolean;
  isHandVisible: Record<Side, boolean>;
  /** Colours of the hair; empty when there is none or it cannot be told from skin. */
  hair: Colour[];
  /** Mean of those above the forehead: narrow enough not to be skin in shadow. */
  crown: Colour | null;
};

export function readAppearance(figure: Figure): Appearance {
  const skin = skinColour(figure);
  return {
    isSkirt: wearsSkirt(figure, 'left') && wearsSkirt(figure, 'right'),
    isHandVisible: {
      left: isHandBare(figure, 'left', skin),
      right: isHandBare(figure, 'right', skin),
    },
    hair: hairColours(figure, skin, [...crownPlaces(figure), ...placesBesideFace(figure)]),
    crown: meanColour(hairColours(figure, skin, crownPlaces(figure))),
  };
}

/**
 * A skirt ends above the knee or hides the thigh in another colour than the shin's; trousers go on
 * in one.
 */
function wearsSkirt(figure: Figure, side: Side): boolean {
  const hip = jointAt(figure.joints, `${side}Hip`);
  const knee = jointAt(figure.joints, `${side}Knee`);
  const ankle = jointAt(figure.joints, `${side}Ankle`);
  const lower = [colourAt(figure, knee), colourAt(figure, between(knee, ankle))];
  const known = lower.filter((colour) => colour !== null);
  if (known.length === 0) return false;
  const alike = [0.2, 0.35, 0.5].filter((t) => {
    const colour = colourAt(figure, between(hip, knee, t));
    return colour !== null && known.some((other) => colourDistance(colour, other) < SAME_CLOTH_MAX);
  });
  return alike.length < 2;
}

/** Usual colour of the face; null where none of its places is seen. */
export function skinColour(figure: Figure): Colour | null {
  return meanColour(
    facePlaces(figure)
      .map((place) => colourAt(figure, place))
      .filter((colour) => colour !== null),
  );
}

/** Nose tip and cheeks, or the middle of the head when no face was found. */
function facePlaces(figure: Figure): Point[] {
  if (figure.face === null) return [jointAt(figure.joints, 'head')];
  const { face } = figure;
  return [4, 50, 280, 205, 425].map((index) => facePointAt(face, index));
}

/** Hands in pockets have the colour of trousers; taking those for hands would tear the trousers. */
function isHandBare(figure: Figure, side: Side, skin: Colour | null): boolean {
  if (skin === null) return true;
  const wrist = jointAt(figure.joints, `${side}Wrist`);
  const hand = jointAt(figure.joints, `${side}Hand`);
  const places = [0.4, 0.7, 1].map((t) => between(wrist, hand, t));
  const colours = places.map((place) => colourAt(figure, place)).filter((c) => c !== null);
  const alike = colours.filter((colour) => chromaDistance(colour, skin) < SAME_SKIN_MAX);
  return alike.length * 2 > colours.length;
}

/** Colours at the given places that are not skin. */
function hairColours(figure: Figure, skin: Colour | null, places: readonly Point[]): Colour[] {
  if (skin === null) return [];
  const { face } = figure;
  const forehead = (face === null ? [] : FOREHEAD)
    .map((index) => colourAt(figure, facePointAt(face!, index)))
    .filter((colour) => colour !== null);
  return places
    .map((place) => colourAt(figure, place))
    .filter((colour) => colour !== null)
    .filter((colour) => colourDistance(colour, skin) >= HAIR_FROM_SKIN_MIN)
    .filter((colour) => distanceToNearest(colour, forehead) >= PARTING_MAX);
}

/** Three places above the forehead, on the axis from chin to forehead. */
function crownPlaces(figure: Figure): Point[] {
  if (figure.face === null) {
    const neck = jointAt(figure.joints, 'neck');
    const head = jointAt(figure.joints, 'head');
    return [1.55, 1.65, 1.75].map((t) => between(neck, head, t));
  }
  const chin = facePointAt(figure.face, FACE.chin);
  const forehead = facePointAt(figure.face, FACE.forehead);
  return [1.1, 1.15, 1.2].map((t) => between(chin, forehead, t));
}

/** Long hair is lighter at its ends: places on both sides from the eyes down to the mouth. */
function placesBesideFace(figure: Figure): Point[] {
  if (figure.face === null) return [];
  const chin = facePointAt(figure.face, FACE.chin);
  const forehead = facePointAt(figure.face, FACE.forehead);
  const left = facePointAt(figure.face, FACE.leftSide);
  const right = facePointAt(figure.face, FACE.rightSide);
  return [-0.18, 1.18].flatMap((across) => {
    const side = between(left, right, across);
    return [0, 0.25, 0.45].map((share) => ({
      x: side.x + (chin.x - forehead.x) * share,
      y: side.y + (chin.y - forehead.y) * share,
    }));
  });
}

/** Distance of a colour to the nearest of several; infinite when there is none. */
export function distanceToNearest(colour: Colour, others: readonly Colour[]): number {
  return others.reduce(
    (nearest, other) => Math.min(nearest, colourDistance(colour, other)),
    Number.POSITIVE_INFINITY,
  );
}
