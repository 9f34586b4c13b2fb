/**
 * Says how far limbs travel while the shutter of a camera is open, where that can be seen and
 * leaves their shape to be seen too.
 */

import { type Character, LIMB_BONES, LIMB_CHAINS } from '../model/character.ts';
import { JOINT_INDEX, jointDistance } from '../model/joints.ts';

/** A shutter of a bright room: fingers stay readable in a dance, which 1/48 s makes pale ghosts. */
const EXPOSURE_S = 1 / 100;
/** Nothing goes further than this share of its hand or foot, whose middle so stays solid. */
const WAY_MAX = 0.5;
/** A way shorter than this while the shutter is open is not seen, over the shorter side. */
const WAY_MIN = 0.008;
/** What goes further than this from frame to frame is a cut or a mistake, over the shorter side. */
const JUMP = 0.35;

/** In a drawing of flat colours more than this share of the neighbours are alike, */
const FLAT_MIN = 0.5;
/** which differ by no more than this, of 255. */
const ALIKE_MAX = 1;
const SOLID = 250;

type Clip = { fps: number; cuts: readonly number[] };

/**
 * For each frame, how far each joint goes while the shutter is open, x and y in pixels: around its
 * place in the frame, and relative to the joint its limb hangs on, because the trunk stays sharp.
 * Null for frames in which no limb is fast,
 * and for all of a drawing in flat colours: drawn films are sharp, and lines of ink would multiply.
 */
export function sweepLimbs(
  character: Pick<Character, 'joints' | 'movingLimbs' | 'width' | 'height' | 'layers'>,
  joints: readonly Float32Array[],
  { fps, cuts }: Clip,
): (Float32Array | null)[] {
  if (isFlat(character.layers)) return joints.map(() => null);
  const shorter = Math.min(character.width, character.height);
  const open = EXPOSURE_S * fps;
  return joints.map((here, frame) => {
    const before = cuts.includes(frame) ? here : (joints[frame - 1] ?? here);
    const after = cuts.includes(frame + 1) ? here : (joints[frame + 1] ?? here);
    const steps = (before === here ? 0 : 1) + (after === here ? 0 : 1);
    if (steps === 0) return null;
    const sweep = new Float32Array(here.length);
    let isSeen = false;
    for (const limb of character.movingLimbs) {
      const chain = LIMB_CHAINS[limb].map((bone) => LIMB_BONES[bone]);
      const root = JOINT_INDEX[chain[0]![0]] * 2;
      const ways = chain.map(([, joint]) => {
        const at = JOINT_INDEX[joint] * 2;
        const along = (axis: number): number =>
          (after[at + axis]! - after[root + axis]! - before[at + axis]! + before[root + axis]!) /
          steps;
        return { at, x: along(0), y: along(1) };
      });
      const longest = Math.max(...ways.map(({ x, y }) => Math.hypot(x, y))) / shorter;
      if (longest * open < WAY_MIN || longest > JUMP) continue;
      isSeen = true;
      const [from, to] = chain[2]!;
      const end = WAY_MAX * jointDistance(character.joints, from, to);
      const share = Math.min(open, end / (longest * shorter));
      for (const { at, x, y } of ways) sweep.set([x * share, y * share], at);
    }
    return isSeen ? sweep : null;
  });
}

/** Whether a figure is drawn in flat colours. */
function isFlat(layers: Character['layers']): boolean {
  let [count, alike] = [0, 0];
  for (const { texture } of layers) {
    const { width, height, data } = texture;
    const row = width * 4;
    for (let y = 0; y < height - 1; y++) {
      for (let i = y * row; i < (y + 1) * row - 4; i += 4) {
        if (data[i + 3]! < SOLID || data[i + 7]! < SOLID || data[i + row + 3]! < SOLID) continue;
        count++;
        let most = 0;
        for (let at = i; at < i + 3; at++) {
          const across = Math.abs(data[at]! - data[at + 4]!);
          most = Math.max(most, across, Math.abs(data[at]! - data[at + row]!));
        }
        if (most <= ALIKE_MAX) alike++;
      }
    }
  }
  return alike > FLAT_MIN * count;
}
