/** Carries out a prompt: what is drawn, how the camera sees it, and how the pictures look. */

import type { Character } from '../model/character.ts';
import type { Finding } from '../model/finding.ts';
import type { Point } from '../model/geometry.ts';
import type { RgbaImage } from '../model/image.ts';
import { JOINT_INDEX } from '../model/joints.ts';
import type { Performance } from '../model/performance.ts';
import { clamp } from '../model/scalar.ts';
import { createBackdrop, needsDepth } from './backdrop.ts';
import { affineOf, type Shot, viewAt } from './camera.ts';
import { createFilters } from './filters.ts';
import { type Prompt, readPrompt } from './read-prompt.ts';
import { exposeFrames, openShutter } from './shutter.ts';
import { warpPicture } from './warp.ts';

/** A prompt made ready for one character and one performance. */
export type Direction = {
  /** What to draw: the performance itself, or with drawings between its frames. */
  performance: Performance;
  /** The background of each drawing where it is not the character's own. */
  backdrop: ((index: number) => RgbaImage) | null;
  /**
   * From drawings to frames of the video. Each frame's memory is reused for the next one. A prompt
   * that asks for nothing returns the drawings themselves.
   */
  develop(drawings: AsyncIterable<RgbaImage>): AsyncIterable<RgbaImage>;
  /** What of the prompt is carried out, as the vocabulary calls it. */
  applied: string[];
  /** The warning `prompt_not_applied` when there is something that is not. */
  findings: Finding[];
};

/** Longest quote of a prompt in a finding, in characters. */
const QUOTE_MAX = 120;

/** Reads a prompt and prepares what it asks for. */
export function directPrompt(
  text: string,
  character: Character,
  performance: Performance,
): Direction {
  const prompt = leaveOutDepth(readPrompt(text), character);
  const { camera, looks } = prompt;
  const shot = createShot(character, performance);
  const blur = looks.find(({ name }) => name === 'motion blur');
  const shutter = blur ? openShutter(performance, blur.strength) : null;
  const backdrop = createBackdrop(character.plate, camera, shot, findFeet(character));
  const steps: ((frames: AsyncIterable<RgbaImage>) => AsyncIterable<RgbaImage>)[] = [];
  if (shutter) steps.push((frames) => exposeFrames(frames, shutter.counts));
  const moves = camera.filter((move) => !needsDepth(move));
  if (moves.length > 0) steps.push((frames) => moveCamera(frames, moves, shot));
  const filters = createFilters(looks, shot.width, shot.height);
  if (filters.length > 0) {
    steps.push((frames) =>
      mapFrames(frames, (frame, index) => {
        for (const filter of filters) filter(frame, index);
        return frame;
      }),
    );
  }
  return {
    performance: shutter?.performance ?? performance,
    backdrop: backdrop && shutter ? spreadOver(backdrop, shutter.counts) : backdrop,
    develop: (drawings) => steps.reduce((frames, step) => step(frames), drawings),
    applied: prompt.applied,
    findings: describeIgnored(prompt),
  };
}

/** A picture that is bent as a whole has nothing apart from its background. */
function leaveOutDepth(prompt: Prompt, character: Character): Prompt {
  if (character.pose !== null) return prompt;
  const left = prompt.camera.filter(needsDepth).map(({ name }) => name);
  const isLeft = (said: string): boolean => left.some((name) => said.startsWith(name));
  return {
    ...prompt,
    camera: prompt.camera.filter((move) => !needsDepth(move)),
    applied: prompt.applied.filter((said) => !isLeft(said)),
    ignored: [...prompt.ignored, ...left],
  };
}

function createShot({ width, height, joints }: Character, { fps, frames }: Performance): Shot {
  const at = JOINT_INDEX.neck * 2;
  // Between the shoulders: a face that comes closer, with the chest below it.
  const focus = { x: clamp(joints[at]!, 0, width), y: clamp(joints[at + 1]!, 0, height) };
  return { width, height, fps, frameCount: frames.length, focus };
}

/** Where the figure stands, or the lower border if its feet are not in the picture. */
function findFeet({ width, height, joints }: Character): Point {
  const feet = [JOINT_INDEX.leftFoot, JOINT_INDEX.rightFoot];
  const x = feet.reduce((sum, joint) => sum + joints[joint * 2]! / feet.length, 0);
  const y = Math.max(...feet.map((joint) => joints[joint * 2 + 1]!));
  return { x: clamp(x, 0, width), y: clamp(y, 0, height) };
}

async function* moveCamera(
  frames: AsyncIterable<RgbaImage>,
  moves: Prompt['camera'],
  shot: Shot,
): AsyncGenerator<RgbaImage, void> {
  const { width, height } = shot;
  const image: RgbaImage = { width, height, data: new Uint8Array(width * height * 4) };
  yield* mapFrames(frames, (frame, index) => {
    const view = viewAt(moves, shot, index);
    if (view.zoom === 1 && view.roll === 0) return frame;
    warpPicture(frame, image, affineOf(view, shot));
    return image;
  });
}

async function* mapFrames(
  frames: AsyncIterable<RgbaImage>,
  change: (frame: RgbaImage, index: number) => RgbaImage,
): AsyncGenerator<RgbaImage, void> {
  let index = 0;
  for await (const frame of frames) yield change(frame, index++);
}

/** All drawings of a frame have the background of that frame. */
function spreadOver(
  backdrop: (index: number) => RgbaImage,
  counts: readonly number[],
): (index: number) => RgbaImage {
  const frameOf = counts.flatMap((count, frame) => Array.from({ length: count }, () => frame));
  return (index) => backdrop(frameOf[index] ?? counts.length - 1);
}

function describeIgnored({ applied, ignored }: Prompt): Finding[] {
  if (ignored.length === 0) return [];
  const quote = ignored.map((words) => `"${words}"`).join(', ');
  const shown =
    [...quote].length > QUOTE_MAX ? `${[...quote].slice(0, QUOTE_MAX).join('')}…` : quote;
  const done = applied.length > 0 ? `Applied: ${applied.join(', ')}.` : 'Nothing was applied.';
  return [
    {
      code: 'prompt_not_applied',
      severity: 'warning',
      message:
        `These words of the prompt changed nothing: ${shown}. ${done} ` +
        'docs/reference/prompt.md shows the words the engine knows.',
    },
  ];
}
