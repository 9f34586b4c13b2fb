/**
 * Keeps a motion as readable JSON, one frame a line, so that it can be looked at, mended by hand
 * and rendered again.
 */

import { createWriteStream } from 'node:fs';
import { readFile, rename, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Gaze, IrisReading } from '../model/eyes.ts';
import { HAND_STRIDE, type Hand } from '../model/hand.ts';
import type { Motion, MotionFrame, MouthPatch } from '../model/motion.ts';
import { FACE_STRIDE, POSE_STRIDE } from '../model/pose.ts';
import { printHands, settleHands } from './hands/hands-json.ts';
import { parseMotion, refuseMotion } from './motion-schema.ts';

const MOTION_FORMAT = 'understudy-motion';
const MOTION_VERSION = 1;

/** A larger file is not read into memory. */
const MOTION_FILE_BYTES_MAX = 400_000_000;

/** Places keep a hundredth of a pixel, visibilities a thousandth. */
const PLACE_DIGITS = 2;
const VISIBILITY_DIGITS = 3;
/** Parts of an eye's width. */
const GAZE_DIGITS = 3;

/**
 * Writes a motion; the file appears only when it is whole.
 *
 * Coordinates are clip pixels rounded to 0.01; `pose` holds 33 rows of x, y, z, visibility and
 * `face` 468 rows of x, y, z, both flat; the mouth's JPEG is base64; `gaze` is in eye widths.
 */
export async function writeMotion(motion: Motion, file: string): Promise<void> {
  const partial = `${file}.partial`;
  try {
    await pipeline(Readable.from(printMotion(motion)), createWriteStream(partial));
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/**
 * Reads what {@link writeMotion} wrote.
 *
 * @throws MotionError `motion_file_invalid`, naming the place and what was seen there; Error with
 * the system's code when the file cannot be opened
 */
export async function readMotion(file: string): Promise<Motion> {
  const { size } = await stat(file);
  if (size > MOTION_FILE_BYTES_MAX) {
    refuseMotion(`it is ${size} bytes large; at most ${MOTION_FILE_BYTES_MAX} can be read`);
  }
  return parseMotion(await readFile(file, 'utf8'), MOTION_FORMAT, MOTION_VERSION);
}

/**
 * The motion as {@link readMotion} would give it back, rounded as in the file: used at once it
 * gives exactly the frames that it gives after it was written and read. A new part of a frame needs
 * its line here, in `printFrame` and in motion-schema.ts.
 */
export function settleMotion(motion: Motion): Motion {
  const frames = motion.frames.map((frame) => ({
    ...frame,
    timeMs: round(frame.timeMs, PLACE_DIGITS),
    pose: frame.pose && Float32Array.from(printPoints(frame.pose, POSE_STRIDE)),
    face: frame.face && Float32Array.from(printPoints(frame.face, FACE_STRIDE)),
    mouth: frame.mouth && roundBox(frame.mouth),
    ...(frame.gaze ? { gaze: roundGaze(frame.gaze) } : {}),
    ...(frame.hands ? { hands: settleHands(frame.hands, printHand) } : {}),
  }));
  return { ...motion, frames };
}

/** Parts of the frames that {@link writeMotion} would leave out. */
export function findUnwritten({ frames }: Motion): string[] {
  const parts = new Set(frames.flatMap((frame) => Object.keys(frame)));
  return [...parts].filter((part) => {
    const sample = frames.find((frame) => part in frame);
    return sample !== undefined && !(part in printFrame(sample));
  });
}

function* printMotion(motion: Motion): Generator<string, void, undefined> {
  const { width, height, fps, durationMs, cuts, findings } = motion;
  const head = { format: MOTION_FORMAT, version: MOTION_VERSION, width, height, fps, durationMs };
  const opening = JSON.stringify({ ...head, cuts, findings }, null, 1).replace(/\n\}$/, '');
  yield `${opening},\n "frames": [`;
  for (const [i, frame] of motion.frames.entries()) {
    yield `${i === 0 ? '' : ','}\n  ${JSON.stringify(printFrame(frame))}`;
  }
  yield '\n ]\n}\n';
}

function printFrame(frame: MotionFrame): Record<string, unknown> {
  return {
    timeMs: round(frame.timeMs, PLACE_DIGITS),
    pose: frame.pose && printPoints(frame.pose, POSE_STRIDE),
    face: frame.face && printPoints(frame.face, FACE_STRIDE),
    mouth: frame.mouth && printMouth(frame.mouth),
    ...(frame.gaze ? { gaze: roundGaze(frame.gaze) } : {}),
    ...(frame.hands ? { hands: printHands(frame.hands, printHand) } : {}),
  };
}

function printPoints(points: Float32Array, stride: number): number[] {
  return Array.from(points, (value, i) =>
    round(value, i % stride < 3 ? PLACE_DIGITS : VISIBILITY_DIGITS),
  );
}

function printHand(hand: Hand): number[] {
  return printPoints(hand, HAND_STRIDE);
}

function printMouth(mouth: MouthPatch): Record<string, unknown> {
  return { ...roundBox(mouth), jpeg: Buffer.from(mouth.jpeg).toString('base64') };
}

function roundGaze({ right, left }: Gaze): Gaze {
  const rounded = ({ across, down, confidence }: IrisReading): IrisReading => ({
    across: round(across, GAZE_DIGITS),
    ...(down === undefined ? {} : { down: round(down, GAZE_DIGITS) }),
    confidence: round(confidence, GAZE_DIGITS),
  });
  return { right: rounded(right), left: rounded(left) };
}

function roundBox(mouth: MouthPatch): MouthPatch {
  const rounded = { ...mouth };
  for (const side of ['x', 'y', 'width', 'height'] as const) {
    rounded[side] = round(mouth[side], PLACE_DIGITS);
  }
  return rounded;
}

function round(value: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}
