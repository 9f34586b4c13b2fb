/**
 * Where the media of a task or a quote are stored. All of it is known from the id and from how
 * often something was tried, so what a step had stored before it was killed is found again.
 */

import { assert } from '../kernel/assert.ts';

type Name = { stem: string; extension: string };

const PICTURES: Readonly<Record<string, Name>> = {
  png: { stem: 'picture', extension: 'png' },
  jpeg: { stem: 'picture', extension: 'jpg' },
};
const CLIPS: Readonly<Record<string, Name>> = {
  mp4: { stem: 'reference', extension: 'mp4' },
  mov: { stem: 'reference', extension: 'mov' },
};
const RESULT: Name = { stem: 'result', extension: 'mp4' };
const INPUTS: readonly Name[] = [...Object.values(PICTURES), ...Object.values(CLIPS)];
const RESULT_NAME = /^result\d*\.mp4$/;
const INPUT_NAME = /^(picture\d*\.(png|jpg)|reference\d*\.(mp4|mov))$/;

/**
 * Each inspection, as each start of an engine, has keys of its own: a worker that stood still while
 * the task went into other hands may still be storing what it had, and must not overwrite theirs.
 *
 * @param ownerId Of a task or of a quote.
 * @param attempt From 1.
 */
export function pictureKey(ownerId: string, format: string, attempt = 1): string {
  const name = PICTURES[format];
  assert(name, 'a picture has a format that is stored');
  return keyOf(ownerId, name, attempt);
}

/** The same for the clip. */
export function clipKey(ownerId: string, container: string, attempt = 1): string {
  const name = CLIPS[container];
  assert(name, 'a clip has a container that is stored');
  return keyOf(ownerId, name, attempt);
}

/** @param start Of an engine, from 1. */
export function resultKey(taskId: string, start = 1): string {
  return keyOf(taskId, RESULT, start);
}

/** How often something was tried for a task, as its row counts it. */
export type Tries = { inspections: number; engine_starts: number };

const ONCE: Tries = { inspections: 1, engine_starts: 1 };

/** Every key under which something of the task or the quote may lie. */
export function listMediaKeys(ownerId: string, tries = ONCE): string[] {
  const inputs = INPUTS.flatMap((name) => listKeys(ownerId, name, Math.max(1, tries.inspections)));
  return [...inputs, ...listKeys(ownerId, RESULT, tries.engine_starts)];
}

/** Whether something of a task or a quote is called so, without its folder. */
export function isMediaName(name: string): boolean {
  return INPUT_NAME.test(name) || isResultName(name);
}

export function isResultName(name: string): boolean {
  return RESULT_NAME.test(name);
}

function listKeys(ownerId: string, name: Name, count: number): string[] {
  return Array.from({ length: count }, (_, index) => keyOf(ownerId, name, index + 1));
}

function keyOf(ownerId: string, { stem, extension }: Name, number: number): string {
  const folder = ownerId.startsWith('quote_') ? 'quotes' : 'tasks';
  return `${folder}/${ownerId}/${stem}${number > 1 ? number : ''}.${extension}`;
}
