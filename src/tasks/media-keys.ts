/**
 * Where the media of a task or a quote are stored. All of it is known from the id alone, so what a
 * step had stored before it failed or was killed is found again without the row.
 */

import { assert } from '../kernel/assert.ts';

const PICTURES: Readonly<Record<string, string>> = { png: 'picture.png', jpeg: 'picture.jpg' };
const CLIPS: Readonly<Record<string, string>> = { mp4: 'reference.mp4', mov: 'reference.mov' };
const RESULT = 'result';
const RESULT_NAME = /^result\d*\.mp4$/;
const INPUTS: readonly string[] = [...Object.values(PICTURES), ...Object.values(CLIPS)];

/** @param ownerId Of a task or of a quote. */
export function pictureKey(ownerId: string, format: string): string {
  const name = PICTURES[format];
  assert(name, 'a picture has a format that is stored');
  return keyOf(ownerId, name);
}

/** @param ownerId Of a task or of a quote. */
export function clipKey(ownerId: string, container: string): string {
  const name = CLIPS[container];
  assert(name, 'a clip has a container that is stored');
  return keyOf(ownerId, name);
}

/**
 * Each start of an engine has a key of its own: a worker that stood still while the task was
 * started again elsewhere may still be storing what it had, and must not overwrite the result.
 *
 * @param start From 1.
 */
export function resultKey(taskId: string, start = 1): string {
  return keyOf(taskId, `${RESULT}${start > 1 ? start : ''}.mp4`);
}

/**
 * Every key under which something of the task or the quote may lie.
 *
 * @param starts How often an engine was started for it.
 */
export function listMediaKeys(ownerId: string, starts = 1): string[] {
  const inputs = INPUTS.map((name) => keyOf(ownerId, name));
  const results = Array.from({ length: starts }, (_, index) => resultKey(ownerId, index + 1));
  return [...inputs, ...results];
}

/** Whether something of a task or a quote is called so, without its folder. */
export function isMediaName(name: string): boolean {
  return INPUTS.includes(name) || isResultName(name);
}

export function isResultName(name: string): boolean {
  return RESULT_NAME.test(name);
}

function keyOf(ownerId: string, name: string): string {
  const folder = ownerId.startsWith('quote_') ? 'quotes' : 'tasks';
  return `${folder}/${ownerId}/${name}`;
}
