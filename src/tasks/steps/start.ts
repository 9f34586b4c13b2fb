/**
 * Hands the work to the engine and keeps the operation it answers with; the one step that may cost
 * money outside.
 */

import { mkdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { EngineInput } from '../../engines/engine.ts';
import { assert } from '../../kernel/assert.ts';
import type { TaskMeans } from '../options.ts';
import { moveTask } from '../rows.ts';
import { scratchOf } from '../scratch.ts';
import type { Task } from '../task.ts';

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
  await moveTask(means, task, {
    to: 'running',
    set: { operation: JSON.stringify(operation), engine_starts: task.engineStarts + 1 },
    delayMs: means.limits.pollIntervalMs,
  });
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
