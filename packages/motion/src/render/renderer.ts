/**
 * Draws the frames of a performance: plate, then the puppet from back to front, its face bent
 * beforehand.
 */

import sharp from 'sharp';
import type { Character, Limb } from '../model/character.ts';
import type { RgbaImage } from '../model/image.ts';
import { JOINT_INDEX } from '../model/joints.ts';
import { facePointAt } from '../model/landmarks.ts';
import type { HandPatch, MouthPatch } from '../model/motion.ts';
import { type PaintRun, paintOrder } from '../model/paint-order.ts';
import type { BorrowedHand, Performance, PerformanceFrame } from '../model/performance.ts';
import { FACE } from '../model/pose.ts';
import { clamp } from '../model/scalar.ts';
import { createCastShadow } from './cast-shadow.ts';
import { createContactShadow } from './contact-shadow.ts';
import { HEAD_RINGS, PICTURE_RINGS } from './face-mesh.ts';
import { createFaceWarp, type FaceWarp, type HeadMove } from './face-warp.ts';
import { createHandHider, drawHand, prepareHand } from './hands.ts';
import { createLegLift } from './lifted-legs.ts';
import { createLimbBlur, type DrawRuns } from './limb-blur.ts';
import { type MouthReadings, type OpenPatch, readMouth, readMouths } from './mouth-reading.ts';
import type { OpenMouth } from './open-mouth.ts';
import {
  drawTriangles,
  keepTogether,
  type Surface,
  surfaceOf,
  type TriangleRun,
} from './raster.ts';
import { type SecondPainter, startSecondPainter } from './second-painter.ts';
import { createSkin } from './skin.ts';

/** A character that is ready to be drawn in any frame of a performance. */
export type Renderer = {
  /**
   * Draws one frame. `mouth` is the decoded picture of `frame.face.mouth.patch`; null keeps the
   * character's own mouth. The result is opaque and as large as the character's picture. Its memory
   * is reused: the next call overwrites it. `backdrop` stands in for the character's plate; a
   * character without a body has none.
   */
  renderFrame(
    frame: PerformanceFrame,
    mouth?: RgbaImage | null,
    backdrop?: RgbaImage | null,
    hands?: readonly RgbaImage[],
  ): RgbaImage;
};

/** How a rendering is stopped early, and what is behind the figure. */
export type RenderOptions = {
  signal?: AbortSignal;
  /** The background of each frame, as large as the plate. @default the plate itself */
  backdrop?: (index: number) => RgbaImage;
};

/**
 * Distance from the border, as a share of the shorter side, over which a head in a whole picture
 * gives way.
 */
const PICTURE_FADE = 0.12;

/**
 * Prepares a character for drawing. Without a body the whole picture is bent around the face.
 * Without `mouths`, what is known of all mouths together, each mouth is seen by itself.
 */
export function createRenderer(character: Character, mouths: MouthReadings = new Map()): Renderer {
  return character.pose === null && character.face !== null
    ? createPictureRenderer(character, mouths)
    : createPuppetRenderer(character, mouths);
}

function openMouth(
  { face }: PerformanceFrame,
  picture: RgbaImage | null,
  mouths: MouthReadings,
): OpenMouth | null {
  if (!face?.mouth || !picture) return null;
  return { picture, reading: mouths.get(face.mouth.patch) ?? readMouth(face.mouth, picture) };
}

/**
 * A second thread compiles all code that draws once more, which takes a second of processor time;
 * shorter performances hardly gain by it.
 */
const SECOND_FRAMES_MIN = 300;
/** So many frames are asked of it ahead, so that it never waits. */
const SECOND_AHEAD = 2;
/** Mouths that were read wait opened in so much memory: ten seconds of a face that fills a clip. */
const KEPT_MOUTHS_BYTES = 24 * 2 ** 20;

/**
 * Draws all frames in order; of long performances every second one in a thread of its own. Each
 * picture's memory is reused for the next ones: use or copy it before asking for the next. Throws
 * the signal's reason when aborted.
 */
export async function* renderFrames(
  character: Character,
  performance: Performance,
  options: RenderOptions = {},
): AsyncGenerator<RgbaImage, void> {
  const { frames } = performance;
  const isLong = frames.length >= SECOND_FRAMES_MIN && !options.backdrop;
  const second = isLong ? startSecondPainter(character) : null;
  try {
    const kept = keepMouths();
    const mouths = await readMouths(performance, second ? decodeMouth : kept.open, options.signal);
    const renderer = createRenderer(character, mouths);
    if (second) yield* takeTurns(frames, renderer, second, mouths, options.signal);
    else yield* renderAlone(frames, renderer, kept.take, options);
  } finally {
    await second?.close();
  }
}

async function* renderAlone(
  frames: readonly PerformanceFrame[],
  renderer: Renderer,
  takeMouth: OpenPatch,
  { signal, backdrop }: RenderOptions,
): AsyncGenerator<RgbaImage, void> {
  let ahead = decodePatches(frames[0], takeMouth);
  for (const [index, frame] of frames.entries()) {
    signal?.throwIfAborted();
    const { mouth, hands } = await ahead;
    // Other threads open those of the next frame while this one draws.
    ahead = decodePatches(frames[index + 1], takeMouth);
    yield renderer.renderFrame(frame, mouth, backdrop?.(index), hands);
  }
}

/** Even frames are drawn here, odd ones there, so that who draws what is the same in all runs. */
async function* takeTurns(
  frames: readonly PerformanceFrame[],
  renderer: Renderer,
  second: SecondPainter,
  mouths: MouthReadings,
  signal: AbortSignal | undefined,
): AsyncGenerator<RgbaImage, void> {
  const theirs = frames.filter((_, index) => index % 2 === 1);
  const asked: Promise<RgbaImage>[] = [];
  const askNext = (): void => {
    const frame = theirs.shift();
    const patch = frame?.face?.mouth?.patch;
    if (frame) asked.push(second.paint(frame, (patch && mouths.get(patch)) ?? null));
  };
  for (let i = 0; i < SECOND_AHEAD; i += 1) askNext();
  let ahead = decodePatches(frames[0]);
  for (const [index, frame] of frames.entries()) {
    signal?.throwIfAborted();
    if (index % 2 === 1) {
      const image = await asked.shift()!;
      askNext();
      yield image;
      second.giveBack(image);
    } else {
      const { mouth, hands } = await ahead;
      ahead = decodePatches(frames[index + 2]);
      yield renderer.renderFrame(frame, mouth, null, hands);
    }
  }
}

/** Opened pictures of what a frame borrows. */
export type Patches = { mouth: RgbaImage | null; hands: RgbaImage[] };

/** Opens what a frame borrows, in other threads. */
export function decodePatches(
  frame: PerformanceFrame | undefined,
  openMouth: OpenPatch = decodeMouth,
): Promise<Patches> {
  const patch = frame?.face?.mouth?.patch;
  const opening = Promise.all([
    patch ? openMouth(patch) : null,
    Promise.all((frame?.hands ?? []).map((hand) => decodeHand(hand.patch))),
  ]).then(([mouth, hands]) => ({ mouth, hands }));
  // Those of a frame that is not asked for any more may fail unheard.
  opening.catch(() => {});
  return opening;
}

/** Opens the WebP of a hand. */
async function decodeHand(patch: HandPatch): Promise<RgbaImage> {
  return await decode(patch.webp);
}

/** Opens mouths to be read, and hands them over once to be drawn without opening them again. */
function keepMouths(): { open: OpenPatch; take: OpenPatch } {
  const kept = new Map<MouthPatch, RgbaImage>();
  let freeBytes = KEPT_MOUTHS_BYTES;
  return {
    async open(patch) {
      const image = await decodeMouth(patch);
      if (image.data.length > freeBytes) return image;
      freeBytes -= image.data.length;
      kept.set(patch, image);
      return image;
    },
    async take(patch) {
      const image = kept.get(patch);
      kept.delete(patch);
      return image ?? (await decodeMouth(patch));
    },
  };
}

/** Opens the JPEG of a mouth. */
async function decodeMouth(patch: MouthPatch): Promise<RgbaImage> {
  return await decode(patch.jpeg);
}

async function decode(bytes: Uint8Array): Promise<RgbaImage> {
  const { data, info } = await sharp(bytes)
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: Uint8Array.from(data) };
}

function createPuppetRenderer(character: Character, mouths: MouthReadings): Renderer {
  const { width, height, layers } = character;
  const blank = surfaceOf(blankImage(width, height));
  const own = layers.map((layer) => surfaceOf(layer.texture));
  const [canvas = blank, ...textures] = keepTogether([blank, ...own]);
  const image = viewImage(canvas);
  const cast = createCastShadow(character);
  const plate = cast?.bare ?? surfaceOf(character.plate);
  const shadow = createContactShadow(character);
  const hider = createHandHider(character);
  const places = layers.map((layer) => new Float32Array(layer.mesh.positions.length));
  const skin = createSkin(character);
  const blur = createLimbBlur(character, skin);
  const runs = paintOrder(layers);
  const findLifted = createLegLift(character);
  const faceLayer = findFaceLayer(character);
  const warp = createLayerWarp(character, faceLayer);
  return {
    renderFrame(frame, mouth = null, backdrop = null, handPictures = []) {
      canvas.pixels.set(backdrop ? surfaceOf(backdrop).pixels : plate.pixels);
      if (!backdrop) cast?.lay(canvas, frame);
      shadow?.(canvas, frame);
      skin.pose(frame);
      for (const [index, out] of places.entries()) skin.place(index, out);
      if (frame.face) warp?.paint(frame.face, openMouth(frame, mouth, mouths));
      const hands = (frame.hands ?? []).map((hand, i) => prepareHand(hand, handPictures[i]!));
      const borrowed = frame.hands ?? [];
      for (const [index, texture] of textures.entries()) hider.hide(index, texture, borrowed);
      if (frame.face && warp) hider.hide(faceLayer, warp.surface, borrowed);
      const ordered = orderRuns(runs, frame.limbsBehind, findLifted(frame));
      const handSteps = borrowed.map((hand) => handStep(ordered, hand));
      const draw: DrawRuns = (surface, left, top, target, from, to, triangles) => {
        for (let step = from; step < to; step++) {
          for (const [i, hand] of hands.entries()) {
            if (handSteps[i] === step) drawHand(surface, hand, left, top);
          }
          const run = ordered[step];
          if (!run) continue;
          const layer = layers[run.layer]!;
          const warped = warp && frame.face && run.layer === faceLayer;
          drawTriangles(
            surface,
            {
              texture: warped ? warp.surface : textures[run.layer]!,
              textureX: layer.x,
              textureY: layer.y,
              source: layer.mesh.positions,
              target: target[run.layer]!,
              ...(triangles
                ? allOf(triangles[step]!)
                : { ...run, triangles: layer.mesh.triangles }),
            },
            'over',
          );
        }
      };
      const fast = blur(frame, places, ordered);
      draw(canvas, 0, 0, places, 0, fast?.first ?? 0);
      fast?.keepBehind(canvas);
      draw(canvas, 0, 0, places, fast?.first ?? 0, ordered.length + 1);
      fast?.smear(canvas, draw);
      return image;
    },
  };
}

type RunTriangles = Pick<TriangleRun, 'triangles' | 'firstTriangle' | 'triangleCount'>;

function allOf(triangles: Uint32Array): RunTriangles {
  return { triangles, firstTriangle: 0, triangleCount: triangles.length / 3 };
}

/** A borrowed hand is painted before this run: over a bare arm, under a sleeve. */
function handStep(runs: readonly PaintRun[], { side, isInSleeve }: BorrowedHand): number {
  const limb = `${side}Arm`;
  const last = runs.findLastIndex((run) => run.limb === limb);
  if (last < 0) return runs.length;
  if (!isInSleeve) return last + 1;
  return runs.findIndex((run) => run.limb === limb && run.rank === runs[last]!.rank);
}

/** The layer that shows the face: the head's own, or the body's. */
function findFaceLayer(character: Character): number {
  const head = character.layers.findIndex((layer) => layer.name === 'head');
  return head >= 0 ? head : character.layers.findIndex((layer) => layer.name === 'body');
}

function createLayerWarp(character: Character, index: number): FaceWarp | null {
  const layer = character.layers[index];
  if (!layer || !character.face) return null;
  const { face, eyes } = character;
  return createFaceWarp(face, layer.texture, layer.x, layer.y, HEAD_RINGS, eyes);
}

/**
 * Arms behind the torso are painted before everything else; of two legs the one behind comes first.
 */
function orderRuns(
  runs: readonly PaintRun[],
  behind: readonly Limb[],
  lifted: readonly Limb[],
): PaintRun[] {
  const rank = (run: PaintRun): number => {
    if (run.limb && lifted.includes(run.limb)) return behind.includes(run.limb) ? 1.2 : 1.5;
    if (!run.limb || !behind.includes(run.limb)) return run.rank;
    return run.limb.endsWith('Arm') ? run.rank - 10 : run.rank - 0.5;
  };
  return [...runs].sort((a, b) => rank(a) - rank(b));
}

function createPictureRenderer(character: Character, mouths: MouthReadings): Renderer {
  const { face, picture, width, height } = character;
  const warp = createFaceWarp(face!, picture, 0, 0, PICTURE_RINGS, character.eyes);
  const image = blankImage(width, height);
  const canvas = surfaceOf(image);
  return {
    renderFrame(frame, mouth = null) {
      if (frame.face) {
        warp.paint(frame.face, openMouth(frame, mouth, mouths), headMove(character, frame));
      }
      copyPixels(frame.face ? warp.surface : surfaceOf(picture), canvas);
      return image;
    },
  };
}

/**
 * Tilts, scales and shifts the head about its joint; nothing moves at the border of the picture or
 * well below the chin.
 */
function headMove(character: Character, frame: PerformanceFrame): HeadMove {
  const { width, height, face } = character;
  const at = JOINT_INDEX.head * 2;
  const x0 = character.joints[at]!;
  const y0 = character.joints[at + 1]!;
  const xx = frame.headScale * Math.cos(frame.head.roll);
  const yx = frame.headScale * Math.sin(frame.head.roll);
  const chin = facePointAt(face!, FACE.chin).y;
  const tall = Math.max(chin - facePointAt(face!, FACE.forehead).y, 1);
  const fade = PICTURE_FADE * Math.min(width, height);
  return (points, index, share) => {
    const x = points[index]!;
    const y = points[index + 1]!;
    const below = clamp(1 - (y - chin) / (0.75 * tall), 0, 1);
    const inside = Math.min(x, y, width - x, height - y) / fade;
    const part = share * below * clamp(inside, 0, 1);
    const movedX = frame.joints[at]! + xx * (x - x0) - yx * (y - y0);
    const movedY = frame.joints[at + 1]! + yx * (x - x0) + xx * (y - y0);
    points[index] = x + part * (movedX - x);
    points[index + 1] = y + part * (movedY - y);
  };
}

function blankImage(width: number, height: number): RgbaImage {
  return { width, height, data: new Uint8Array(width * height * 4).fill(255) };
}

function viewImage({ width, height, pixels }: Surface): RgbaImage {
  const data = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  return { width, height, data };
}

function copyPixels(from: Surface, to: Surface): void {
  to.pixels.set(from.pixels);
}
