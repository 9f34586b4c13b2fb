/**
 * Where a task's media are stored. All of it is known from the task's id alone, so what a step had
 * stored before it failed or was killed is found again without the row.
 */

const PICTURES = { png: 'picture.png', jpeg: 'picture.jpg' } as const;
const CLIPS = { mp4: 'reference.mp4', mov: 'reference.mov' } as const;
const RESULT = 'result.mp4';

export function pictureKey(taskId: string, format: keyof typeof PICTURES): string {
  return keyOf(taskId, PICTURES[format]);
}

export function clipKey(taskId: string, container: keyof typeof CLIPS): string {
  return keyOf(taskId, CLIPS[container]);
}

export function resultKey(taskId: string): string {
  return keyOf(taskId, RESULT);
}

/** Every key under which something of the task may lie. */
export function listMediaKeys(taskId: string): string[] {
  const names = [...Object.values(PICTURES), ...Object.values(CLIPS), RESULT];
  return names.map((name) => keyOf(taskId, name));
}

function keyOf(taskId: string, name: string): string {
  return `tasks/${taskId}/${name}`;
}
