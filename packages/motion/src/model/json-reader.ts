/** Reads JSON with errors that name the place, so that a file edited by hand can be mended. */

import type { Finding } from './finding.ts';

/** Throws the error of the file that is read; `problem` is a clause with a place and a value. */
export type Refuse = (problem: string, cause?: unknown) => never;

/** A value of a JSON document together with where it stands, such as `layers[0].x`. */
export type JsonNode = { value: unknown; path: string; refuse: Refuse };

/** The root of a document. */
export function parseJson(text: string, refuse: Refuse): JsonNode {
  try {
    return { value: JSON.parse(text), path: '', refuse };
  } catch (cause) {
    return refuse(`it is not JSON (${cause instanceof Error ? cause.message : cause})`, cause);
  }
}

export function failAt({ path, refuse }: JsonNode, problem: string): never {
  return refuse(`${path === '' ? 'the file' : path} ${problem}`);
}

export function readField(node: JsonNode, key: string): JsonNode {
  const field = findField(node, key);
  return field ?? failAt({ ...node, path: joinPath(node.path, key) }, 'is missing');
}

/** The field, or null when the object has none of that name. */
export function findField(node: JsonNode, key: string): JsonNode | null {
  const { value, path, refuse } = node;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return failAt(node, `must be an object, not ${show(value)}`);
  }
  if (!Object.hasOwn(value, key)) return null;
  const field: unknown = (value as Record<string, unknown>)[key];
  return { value: field, path: joinPath(path, key), refuse };
}

function joinPath(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

export function readNumber(node: JsonNode): number {
  if (isNumber(node.value)) return node.value;
  return failAt(node, `must be a number, not ${show(node.value)}`);
}

export function readPositive(node: JsonNode): number {
  const value = readNumber(node);
  return value > 0 ? value : failAt(node, `must be above 0, not ${value}`);
}

/** A whole number from `min` to `max`. */
export function readInteger(node: JsonNode, min: number, max: number): number {
  const value = readNumber(node);
  if (!Number.isInteger(value) || value < min || value > max) {
    return failAt(node, `must be a whole number from ${min} to ${max}, not ${value}`);
  }
  return value;
}

export function readText(node: JsonNode): string {
  if (typeof node.value === 'string') return node.value;
  return failAt(node, `must be text, not ${show(node.value)}`);
}

export function readOneOf<T extends string>(node: JsonNode, allowed: readonly T[]): T {
  const text = readText(node);
  const found = allowed.find((name) => name === text);
  return found ?? failAt(node, `must be one of ${allowed.join(', ')}, not ${show(text)}`);
}

/** The items of a list; with `count` it must have exactly that many. */
export function readList(node: JsonNode, count?: number): JsonNode[] {
  return readItems(node, count).map((value, i) => itemOf(node, value, i));
}

/** A list of `count` numbers; many of them, so that no node is made for each. */
export function readNumbers(node: JsonNode, count: number): Float32Array {
  const items = readItems(node, count);
  const bad = items.findIndex((item) => !isNumber(item));
  if (bad >= 0) readNumber(itemOf(node, items[bad], bad));
  return Float32Array.from(items as number[]);
}

/** A list of `count` rows of `stride` numbers, flattened. */
export function readRows(node: JsonNode, count: number, stride: number): Float32Array {
  const rows = new Float32Array(count * stride);
  for (const [i, row] of readList(node, count).entries()) {
    rows.set(readNumbers(row, stride), i * stride);
  }
  return rows;
}

export function readFinding(node: JsonNode): Finding {
  const finding: Finding = {
    code: readText(readField(node, 'code')),
    severity: readOneOf(readField(node, 'severity'), ['error', 'warning']),
    message: readText(readField(node, 'message')),
  };
  const value = findField(node, 'value');
  return value === null ? finding : { ...finding, value: readNumber(value) };
}

function readItems(node: JsonNode, count?: number): unknown[] {
  const { value } = node;
  if (!Array.isArray(value)) return failAt(node, `must be a list, not ${show(value)}`);
  if (count !== undefined && value.length !== count) {
    return failAt(node, `must have ${count} items, not ${value.length}`);
  }
  return value;
}

function itemOf({ path, refuse }: JsonNode, value: unknown, index: number): JsonNode {
  return { value, path: `${path}[${index}]`, refuse };
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** A value short enough for a sentence. */
function show(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
