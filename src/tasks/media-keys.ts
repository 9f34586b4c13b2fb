/**
 * Where the media of a task or a quote are stored. All of it is known from the id alone, so what a
 * step had stored before it failed or was killed is found again without the row.
 */

import { assert } from '../kernel/assert.ts';

const PICTURES: Readonly<Record<string, string>> = { png: 'picture.png', jpeg: 'picture.jpg' };
const CLIPS: Readonly<Record<string, string>> = { mp4: 'reference.mp4', mov: 'reference.mov' };
const RESULT = 'result.mp4';

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

export function resultKey(taskId: string): string {
  return keyOf(taskId, RESULT);
}

/** Every key under which something of the task or the quote may lie. */
export function listMediaKeys(ownerId: string): string[] {
  const names = [...Object.values(PICTURES), ...Object.values(CLIPS), RESULT];
  return names.map((name) => keyOf(ownerId, name));
}

function keyOf(ownerId: string, name: string): string {
  const folder = ownerId.startsWith('quote_') ? 'quotes' : 'tasks';
  return `${folder}/${ownerId}/${name}`;
}
