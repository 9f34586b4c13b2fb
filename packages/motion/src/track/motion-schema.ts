/** Checks the text of a motion file and says in one sentence where it is wrong. */

import { type Finding, MotionError } from '../model/finding.ts';
import type { Motion, MotionFrame, MouthPatch } from '../model/motion.ts';
import {
  FACE_LANDMARK_COUNT,
  FACE_STRIDE,
  POSE_LANDMARK_COUNT,
  POSE_STRIDE,
} from '../model/pose.ts';

type JsonObject = Record<string, unknown>;

/** @throws MotionError `motion_file_invalid` */
export function parseMotion(text: string, format: string, version: number): Motion {
  const root = readObject(parseJson(text), 'the file');
  if (root['format'] !== format) {
    throw invalidMotion(`its format is ${show(root['format'])}, not "${format}"`);
  }
  if (root['version'] !== version) {
    throw invalidMotion(
      `its version is ${show(root['version'])}; this program reads version ${version}`,
    );
  }
  return {
    width: readPositive(root, 'width'),
    height: readPositive(root, 'height'),
    fps: readPositive(root, 'fps'),
    durationMs: readPositive(root, 'durationMs'),
    frames: readFrames(readArray(root['frames'], 'frames')),
    findings: readArray(root['findings'], 'findings').map(readFinding),
  };
}

function readFrames(values: unknown[]): MotionFrame[] {
  let lastMs = -Infinity;
  return values.map((value, i) => {
    const place = `frames[${i}]`;
    const frame = readObject(value, place);
    const timeMs = readNumber(frame, 'timeMs', place);
    if (timeMs <= lastMs) {
      throw invalidMotion(`${place}.timeMs is ${timeMs}, but the frame before it is at ${lastMs}`);
    }
    lastMs = timeMs;
    return {
      timeMs,
      pose: readPoints(frame['pose'], POSE_LANDMARK_COUNT * POSE_STRIDE, `${place}.pose`),
      face: readPoints(frame['face'], FACE_LANDMARK_COUNT * FACE_STRIDE, `${place}.face`),
      mouth: readMouth(frame['mouth'], `${place}.mouth`),
    };
  });
}

function readPoints(value: unknown, length: number, place: string): Float32Array | null {
  if (value === null) return null;
  const numbers = readArray(value, place);
  if (numbers.length !== length) {
    throw invalidMotion(`${place} has ${numbers.length} numbers; ${length} are needed`);
  }
  const bad = numbers.findIndex((number) => !isNumber(number));
  if (bad >= 0) throw invalidMotion(`${place}[${bad}] is ${show(numbers[bad])}, not a number`);
  return Float32Array.from(numbers as number[]);
}

function readMouth(value: unknown, place: string): MouthPatch | null {
  if (value === null) return null;
  const mouth = readObject(value, place);
  const jpeg = mouth['jpeg'];
  if (typeof jpeg !== 'string')
    throw invalidMotion(`${place}.jpeg is ${show(jpeg)}, not base64 text`);
  return {
    x: readNumber(mouth, 'x', place),
    y: readNumber(mouth, 'y', place),
    width: readNumber(mouth, 'width', place),
    height: readNumber(mouth, 'height', place),
    jpeg: Uint8Array.from(Buffer.from(jpeg, 'base64')),
  };
}

function readFinding(value: unknown, i: number): Finding {
  const place = `findings[${i}]`;
  const finding = readObject(value, place);
  const { code, severity, message } = finding;
  if (typeof code !== 'string' || typeof message !== 'string') {
    throw invalidMotion(`${place} has no code or no message`);
  }
  if (severity !== 'warning' && severity !== 'error') {
    throw invalidMotion(`${place}.severity is ${show(severity)}, not "warning" or "error"`);
  }
  const found: Finding = { code, severity, message };
  return finding['value'] === undefined
    ? found
    : { ...found, value: readNumber(finding, 'value', place) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalidMotion('it is not JSON', cause);
  }
}

function readObject(value: unknown, place: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as JsonObject;
  }
  throw invalidMotion(`${place} is ${show(value)}, not an object`);
}

function readArray(value: unknown, place: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw invalidMotion(`${place} is ${show(value)}, not a list`);
}

function readNumber(object: JsonObject, key: string, place: string): number {
  const value = object[key];
  if (isNumber(value)) return value;
  throw invalidMotion(`${place}.${key} is ${show(value)}, not a number`);
}

function readPositive(object: JsonObject, key: string): number {
  const value = object[key];
  if (isNumber(value) && value > 0) return value;
  throw invalidMotion(`${key} is ${show(value)}, not a number above 0`);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** A value short enough for a sentence. */
function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing';
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

/** The error for a file that is not a motion; `what` is the end of its sentence. */
export function invalidMotion(what: string, cause?: unknown): MotionError {
  return new MotionError(
    {
      code: 'motion_file_invalid',
      severity: 'error',
      message: `The motion file cannot be used: ${what}.`,
    },
    { cause },
  );
}
