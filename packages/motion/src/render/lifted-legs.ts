/**
 * Tells which thighs come up before the trunk: painted under it, as legs that stand are, those of
 * trousers and shorts would be cut off along the triangles in which the trunk ends.
 */

import { wrapAngle } from '../model/angles.ts';
import type { Character, JointPositions, Layer, Limb } from '../model/character.ts';
import type { Colour } from '../model/colour.ts';
import type { Point } from '../model/geometry.ts';
import { jointAt } from '../model/joints.ts';
import { between } from '../model/landmarks.ts';
import type { PerformanceFrame } from '../model/performance.ts';

/** A thigh that is turned by so many radians against the bind pose, */
const TURN_MIN = 0.7;
/** or looks shorter by this factor, is lifted. */
const SHORT_MAX = 0.7;
/** The cloth of the hip is looked for along the thigh from here to here, in steps. */
const THIGH = { from: 0.05, to: 0.5, step: 0.02 } as const;
/** It ends where a colour differs by this much (L1, 0..765) for so many steps. */
const UNLIKE_MIN = 90;
const UNLIKE_STEPS = 3;
/** Legs are apart so far below the end of the cloth. */
const BELOW = 0.05;
const SOLID = 128;

type Side = 'left' | 'right';

/**
 * Legs that are lifted in a frame. Under a skirt, and under a shirt that hangs over the legs, none
 * is: their hems stay before the thighs.
 */
export function createLegLift(
  character: Pick<Character, 'joints' | 'layers'>,
): (frame: Pick<PerformanceFrame, 'joints' | 'bodyScale'>) => Limb[] {
  const { joints: bind } = character;
  const sides = (['left', 'right'] as const).filter((side) => wearsTrouserLeg(character, side));
  return ({ joints, bodyScale }) =>
    sides.flatMap((side) => {
      const usual = readThigh(bind, side);
      const thigh = readThigh(joints, side);
      const isTurned = Math.abs(wrapAngle(thigh.angle - usual.angle)) > TURN_MIN;
      const isShort = thigh.length < SHORT_MAX * bodyScale * usual.length;
      return isTurned || isShort ? [`${side}Leg` as const] : [];
    });
}

/** Whether the cloth of the hip goes around the thigh, so that there is a gap between the legs. */
function wearsTrouserLeg(
  { joints, layers }: Pick<Character, 'joints' | 'layers'>,
  side: Side,
): boolean {
  const body = layers.find(({ name }) => name === 'body');
  if (!body || layers.some(({ name }) => name.endsWith('Leg'))) return false;
  const end = findClothEnd(body, joints, side);
  if (end === null) return false;
  const [left, right] = (['left', 'right'] as const).map((each) =>
    onThigh(joints, each, end + BELOW),
  ) as [Point, Point];
  return isClear(body, between(left, right));
}

/** Where along the thigh the cloth of the hip ends; null where the hip is not seen. */
function findClothEnd(body: Layer, joints: JointPositions, side: Side): number | null {
  const hip = colourAt(body, onThigh(joints, side, THIGH.from));
  if (hip === null) return null;
  let unlike = 0;
  for (let t = THIGH.from; t <= THIGH.to; t += THIGH.step) {
    const colour = colourAt(body, onThigh(joints, side, t));
    unlike = colour === null || distance(colour, hip) > UNLIKE_MIN ? unlike + 1 : 0;
    if (unlike === UNLIKE_STEPS) return t;
  }
  return THIGH.to;
}

function onThigh(joints: JointPositions, side: Side, t: number): Point {
  return between(jointAt(joints, `${side}Hip`), jointAt(joints, `${side}Knee`), t);
}

function colourAt({ texture, x, y }: Layer, place: Point): Colour | null {
  const column = Math.round(place.x) - x;
  const row = Math.round(place.y) - y;
  if (column < 0 || row < 0 || column >= texture.width || row >= texture.height) return null;
  const at = (row * texture.width + column) * 4;
  if (texture.data[at + 3]! < SOLID) return null;
  return [texture.data[at]!, texture.data[at + 1]!, texture.data[at + 2]!];
}

/** Whether a place inside of a layer shows nothing of it. */
function isClear(layer: Layer, place: Point): boolean {
  const { texture, x, y } = layer;
  const [column, row] = [place.x - x, place.y - y];
  const isInside = column >= 0 && row >= 0 && column < texture.width && row < texture.height - 1;
  return isInside && colourAt(layer, place) === null;
}

function distance(a: Colour, b: Colour): number {
  return Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1]) + Math.abs(a[2] - b[2]);
}

function readThigh(joints: JointPositions, side: Side): { angle: number; length: number } {
  const hip = jointAt(joints, `${side}Hip`);
  const knee = jointAt(joints, `${side}Knee`);
  return {
    angle: Math.atan2(knee.y - hip.y, knee.x - hip.x),
    length: Math.hypot(knee.x - hip.x, knee.y - hip.y),
  };
}
