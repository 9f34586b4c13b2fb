/**
 * Takes our own copy of the engine's result, so that from here on nothing of the engine is needed.
 */

import { assert } from '../../kernel/assert.ts';
import { resultKey } from '../media-keys.ts';
import type { TaskMeans } from '../options.ts';
import { moveTask } from '../rows.ts';
import type { StoredResult, Task } from '../task.ts';
import { answerEngineFailure } from './poll.ts';

export async function storeResult(means: TaskMeans, task: Task): Promise<void> {
  assert(task.operation, 'a rendered task has its operation');
  const outcome = await means.engines.get(task.engine).check(task.operation);
  // The result may have gone with the disk it lay on; then it is rendered again.
  if (outcome.status === 'failed') return await answerEngineFailure(means, task, outcome);
  assert(outcome.status === 'completed', 'an engine that has completed stays completed');
  assert(outcome.result.kind === 'file', 'every engine here hands out a file');
  const { path, facts } = outcome.result;
  const key = resultKey(task.id, task.engineStarts);
  const blob = await means.storage.putFile(key, path, 'video/mp4');
  const result: StoredResult = {
    storageKey: blob.key,
    sizeBytes: blob.sizeBytes,
    sha256: blob.sha256,
    contentType: blob.contentType,
    ...facts,
    applied: outcome.applied ?? [],
    ...(outcome.motion ? { motion: outcome.motion } : {}),
  };
  await moveTask(means, task, { to: 'stored', set: { result: JSON.stringify(result) } });
}
