/**
 * A picture of which only a face is known: all of it becomes one sheet that bends with the head and
 * holds at the border.
 */

import { BONES, type JointPositions, type Layer } from '../../model/character.ts';
import type { RgbaImage } from '../../model/image.ts';
import { facePointAt } from '../../model/landmarks.ts';
import { FACE, type Face } from '../../model/pose.ts';
import { smoothstep } from '../../model/scalar.ts';
import { createHeadFrame } from '../segment/torso-frame.ts';
import { buildMesh } from './mesh.ts';

/**
 * Head weight is full within this many head lengths of the middle of the head and gone at the
 * second.
 */
const HEAD_REACH = [1.05, 2.1] as const;
/** Torso weight below the chin fades out to the sides over this many head lengths. */
const TORSO_REACH = [0.8, 3.2] as const;
/** The border holds the sheet over this share of the distance between it and the head. */
const BORDER_SHARE = 0.5;

/** The layer `body` with the whole, opaque picture. */
export function wrapWholePicture(picture: RgbaImage, joints: JointPositions, face: Face): Layer {
  const { width, height } = picture;
  const box = { x: 0, y: 0, width, height };
  const frame = createHeadFrame(joints);
  const chin = facePointAt(face, FACE.chin);
  const chinH = frame.h(chin.x, chin.y);
  const weights = new Float32Array(BONES.length);
  const [head, torso, ground] = [
    BONES.indexOf('head'),
    BONES.indexOf('torso'),
    BONES.indexOf('ground'),
  ];
  const weigh = (x: number, y: number): Float32Array => {
    const h = frame.h(x, y);
    const side = frame.side(x, y);
    const away = Math.hypot(h - 1, side);
    const isHead =
      (1 - smoothstep(HEAD_REACH[0], HEAD_REACH[1], away)) * smoothstep(chinH - 0.6, chinH, h);
    const isTorso =
      (1 - smoothstep(TORSO_REACH[0], TORSO_REACH[1], side)) *
      smoothstep(chinH + 0.6, chinH - 0.6, h);
    const inside = Math.min(x, width - x, y, height - y);
    const free = smoothstep(0, BORDER_SHARE * frame.length, inside);
    weights.fill(0);
    weights[head] = isHead * free;
    weights[torso] = Math.min(1 - isHead, isTorso) * free;
    weights[ground] = 1 - weights[head]! - weights[torso]!;
    return weights;
  };
  return {
    name: 'body',
    texture: picture,
    x: 0,
    y: 0,
    mesh: buildMesh(picture, box, 'body', weigh),
  };
}
