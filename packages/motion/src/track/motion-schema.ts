/** Checks the text of a motion file and says in one sentence where it is wrong. */

import type { EyeSide, Gaze } from '../model/eyes.ts';
import { MotionError } from '../model/finding.ts';
import {
  failAt,
  findField,
  type JsonNode,
  parseJson,
  readField,
  readFinding,
  readInteger,
  readList,
  readNumber,
  readNumbers,
  readOneOf,
  readPositive,
  readText,
} from '../model/json-reader.ts';
import type { Motion, MotionFrame, MouthPatch } from '../model/motion.ts';
import {
  FACE_LANDMARK_COUNT,
  FACE_STRIDE,
  POSE_LANDMARK_COUNT,
  POSE_STRIDE,
} from '../model/pose.ts';
import { readHands } from './hands/hands-json.ts';

/** @throws MotionError `motion_file_invalid` */
export function parseMotion(text: string, format: string, version: number): Motion {
  const root = parseJson(text, refuseMotion);
  readOneOf(readField(root, 'format'), [format]);
  readInteger(readField(root, 'version'), version, version);
  return {
    width: readPositive(readField(root, 'width')),
    height: readPositive(readField(root, 'height')),
    fps: readPositive(readField(root, 'fps')),
    durationMs: readPositive(readField(root, 'durationMs')),
    frames: readFrames(readField(root, 'frames')),
    ...readCuts(root),
    findings: readList(readField(root, 'findings')).map(readFinding),
  };
}

/** Throws the error for a file that is not a motion; `problem` is the end of its sentence. */
export function refuseMotion(problem: string, cause?: unknown): never {
  throw new MotionError(
    {
      code: 'motion_file_invalid',
      severity: 'error',
      message: `The motion file cannot be used: ${problem}.`,
    },
    { cause },
  );
}

/** Older files and clips of one shot have none. */
function readCuts(root: JsonNode): { cuts?: number[] } {
  const node = findField(root, 'cuts');
  if (node === null) return {};
  const last = readList(readField(root, 'frames')).length - 1;
  let before = 0;
  const cuts = readList(node).map((cut) => {
    before = readInteger(cut, before + 1, last);
    return before;
  });
  return { cuts };
}

function readFrames(frames: JsonNode): MotionFrame[] {
  let lastMs = -Infinity;
  return readList(frames).map((frame) => {
    const time = readField(frame, 'timeMs');
    const timeMs = readNumber(time);
    if (timeMs <= lastMs) failAt(time, `is ${timeMs}, but the frame before it is at ${lastMs}`);
    lastMs = timeMs;
    const points = (key: string, count: number): Float32Array | null => {
      const node = readField(frame, key);
      return node.value === null ? null : readNumbers(node, count);
    };
    const gaze = findField(frame, 'gaze');
    const hands = findField(frame, 'hands');
    return {
      timeMs,
      pose: points('pose', POSE_LANDMARK_COUNT * POSE_STRIDE),
      face: points('face', FACE_LANDMARK_COUNT * FACE_STRIDE),
      mouth: readMouth(readField(frame, 'mouth')),
      ...(gaze ? { gaze: readGaze(gaze) } : {}),
      ...(hands ? { hands: readHands(hands) } : {}),
    };
  });
}

function readGaze(node: JsonNode): Gaze {
  const iris = (side: EyeSide) => {
    const eye = readField(node, side);
    const down = findField(eye, 'down');
    return {
      across: readNumber(readField(eye, 'across')),
      ...(down ? { down: readNumber(down) } : {}),
      confidence: readNumber(readField(eye, 'confidence')),
    };
  };
  return { right: iris('right'), left: iris('left') };
}

function readMouth(node: JsonNode): MouthPatch | null {
  if (node.value === null) return null;
  return {
    x: readNumber(readField(node, 'x')),
    y: readNumber(readField(node, 'y')),
    width: readNumber(readField(node, 'width')),
    height: readNumber(readField(node, 'height')),
    jpeg: Uint8Array.from(Buffer.from(readText(readField(node, 'jpeg')), 'base64')),
  };
}
