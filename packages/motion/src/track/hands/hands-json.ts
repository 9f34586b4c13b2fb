/** The hands of a frame as text, and back. Points are flat rows of x, y, z; pictures are base64. */

import { HAND_POINT_COUNT, HAND_STRIDE, type Hand, SIDES } from '../../model/hand.ts';
import {
  findField,
  type JsonNode,
  readField,
  readList,
  readNumber,
  readNumbers,
  readText,
} from '../../model/json-reader.ts';
import type { HandPatch, HandSighting, HandSightings } from '../../model/motion.ts';

type Triple = [number, number, number];

/** Hands whose points are rounded as in the file. */
export function settleHands(
  hands: HandSightings,
  roundPoints: (points: Hand) => number[],
): HandSightings {
  const settle = (it: HandSighting | null): HandSighting | null =>
    it && { ...it, hand: Float32Array.from(roundPoints(it.hand)) };
  return { left: settle(hands.left), right: settle(hands.right) };
}

export function printHands(
  hands: HandSightings,
  roundPoints: (points: Hand) => number[],
): Record<string, unknown> {
  const print = ({ hand, presence, patch }: HandSighting): Record<string, unknown> => ({
    hand: roundPoints(hand),
    presence,
    patch: patch && { ...patch, webp: Buffer.from(patch.webp).toString('base64') },
  });
  return Object.fromEntries(SIDES.map((side) => [side, hands[side] && print(hands[side])]));
}

export function readHands(node: JsonNode): HandSightings {
  const read = (hand: JsonNode): HandSighting | null =>
    hand.value === null
      ? null
      : {
          hand: readNumbers(readField(hand, 'hand'), HAND_POINT_COUNT * HAND_STRIDE),
          presence: readNumber(readField(hand, 'presence')),
          patch: readPatch(readField(hand, 'patch')),
        };
  return { left: read(readField(node, 'left')), right: read(readField(node, 'right')) };
}

function readPatch(node: JsonNode): HandPatch | null {
  if (node.value === null) return null;
  const number = (key: string): number => readNumber(readField(node, key));
  const skin = readField(node, 'skin');
  const cut = readField(node, 'cut');
  const heel = findField(node, 'heel');
  return {
    x: number('x'),
    y: number('y'),
    width: number('width'),
    height: number('height'),
    webp: Uint8Array.from(Buffer.from(readText(readField(node, 'webp')), 'base64')),
    palm: number('palm'),
    axis: number('axis'),
    skin: { mean: readTriple(skin, 'mean'), deviation: readTriple(skin, 'deviation') },
    cut:
      cut.value === null
        ? null
        : {
            offset: readNumber(readField(cut, 'offset')),
            width: readNumber(readField(cut, 'width')),
            lab: readTriple(cut, 'lab'),
          },
    // Motions that were written before it was measured have none.
    heel: heel && heel.value !== null ? readHeel(heel) : null,
    sharpness: number('sharpness'),
  };
}

function readHeel(heel: JsonNode): HandPatch['heel'] {
  return {
    offset: readNumber(readField(heel, 'offset')),
    width: readNumber(readField(heel, 'width')),
  };
}

function readTriple(node: JsonNode, key: string): Triple {
  return readList(readField(node, key), 3).map(readNumber) as Triple;
}
