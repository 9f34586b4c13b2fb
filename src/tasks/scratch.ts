/**
 * Local copies that an engine reads from disk: made before it starts, gone when the task has ended.
 */

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TaskMeans } from './options.ts';

export function scratchOf(means: Pick<TaskMeans, 'scratchDir'>, taskId: string): string {
  return join(means.scratchDir, taskId);
}

export async function removeScratch(
  means: Pick<TaskMeans, 'scratchDir'>,
  taskId: string,
): Promise<void> {
  await rm(scratchOf(means, taskId), { recursive: true, force: true });
}
