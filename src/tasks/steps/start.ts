/**
 * Hands the work to the engine and keeps the operation it answers with; the one step that may cost
 * money outside.
 */

import { mkdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { EngineInput } from '../../engines/engine.ts';
import { assert } from '../../kernel/assert.ts';
import type { TaskMeans } from '../options.ts';
import { findTask, moveTask, TaskLostError } from '../rows.ts';
import { scratchOf } from '../scratch.ts';
import { stopEngine } from '../stop-engine.ts';
import { isFinal, type Task } from '../task.ts';

export async function startEngine(means: TaskMeans, task: Task): Promise<void> {
  assert(task.image && task.video && task.referenceMs !== null, 'an inspected task has its inputs');
  const engine = means.engines.get(task.engine);
  const operation = await engine.start({
    taskId: task.id,
    image: describeInput(means, task, 'image', task.image.storageKey, task.imageUrl),
    video: describeInput(means, task, 'video', task.video.storageKey, task.videoUrl),
    mode: task.mode,
    orientation: task.orientation,
    prompt: task.prompt,
    keepOriginalSound: task.keepOriginalSound,
    watermark: task.watermark,
    referenceMs: task.referenceMs,
  });
  try {
    await moveTask(means, task, {
      to: 'running',
      set: { operation: JSON.stringify(operation), engine_starts: task.engineStarts + 1 },
      delayMs: means.limits.pollIntervalMs,
    });
  } catch (error) {
    if (error instanceof TaskLostError) await stopIfEnded(means, { ...task, operation });
    throw error;
  }
}

/**
 * A task that was ended while its engine was starting never had this operation in its row, so
 * nobody else can stop it. One that only went into other hands is at work there.
 */
async function stopIfEnded(means: TaskMeans, task: Task): Promise<void> {
  const now = await findTask(means.db.kysely, task.id);
  if (now === null || isFinal(now.state)) await stopEngine(means, task);
}

function describeInput(
  means: TaskMeans,
  task: Task,
  name: string,
  storageKey: string,
  url: string,
): EngineInput {
  return {
    url,
    async openFile() {
      const directory = scratchOf(means, task.id);
      await mkdir(directory, { recursive: true });
      const path = join(directory, `${name}${extname(storageKey)}`);
      await means.storage.getFile(storageKey, path);
      return path;
    },
  };
}
