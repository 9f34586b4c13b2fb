/** Reads parsed JSON with errors that name the place, so that a hand-edited file can be mended. */

import { MotionError } from '../model/finding.ts';

/** A value of a JSON document together with where it stands, such as `layers[0].x`. */
export type JsonNode = { value: unknown; path: string };

export function failAt(path: string, problem: string): never {
  throw new MotionError({
    code: 'character_invalid',
    severity: 'error',
    message: `rig.json cannot be used: ${path} ${problem}.`,
  });
}

export function readField({ value, path }: JsonNode, key: string): JsonNode {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return failAt(path, 'must be an object');
  }
  const field: unknown = Object.entries(value).find(([name]) => name === key)?.[1];
  const fieldPath = path === '' ? key : `${path}.${key}`;
  if (field === undefined) return failAt(fieldPath, 'is missing');
  return { value: field, path: fieldPath };
}

export function readNumber({ value, path }: JsonNode): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    return failAt(path, `must be a number, not ${JSON.stringify(value)}`);
  }
  return value;
}

/** A whole number from `min` to `max`. */
export function readInteger(node: JsonNode, min: number, max: number): number {
  const value = readNumber(node);
  if (!Number.isInteger(value) || value < min || value > max) {
    return failAt(node.path, `must be a whole number from ${min} to ${max}, not ${value}`);
  }
  return value;
}

export function readText({ value, path }: JsonNode): string {
  if (typeof value !== 'string') return failAt(path, `must be text, not ${JSON.stringify(value)}`);
  return value;
}

export function readOneOf<T extends string>(node: JsonNode, allowed: readonly T[]): T {
  const text = readText(node);
  const found = allowed.find((name) => name === text);
  if (found === undefined) {
    return failAt(node.path, `must be one of ${allowed.join(', ')}, not "${text}"`);
  }
  return found;
}

/** The items of a list; with `count` it must have exactly that many. */
export function readList({ value, path }: JsonNode, count?: number): JsonNode[] {
  if (!Array.isArray(value)) return failAt(path, 'must be a list');
  if (count !== undefined && value.length !== count) {
    return failAt(path, `must have ${count} items, not ${value.length}`);
  }
  return value.map((item: unknown, i) => ({ value: item, path: `${path}[${i}]` }));
}

/** A list of `count` rows of `stride` numbers, flattened. */
export function readRows(node: JsonNode, count: number, stride: number): Float32Array {
  const rows = readList(node, count);
  return Float32Array.from(rows.flatMap((row) => readList(row, stride).map(readNumber)));
}
