/**
 * Takes our own copies of the inputs, probes them, and makes the hold cover what the probe found.
 */

import { computeAmountNanos, computeBillableMs } from '../../billing/prices.ts';
import type { TaskMeans } from '../options.ts';
import { moveTask } from '../rows.ts';
import type { Task } from '../task.ts';

export async function inspectInputs(means: TaskMeans, task: Task): Promise<void> {
  const { inputs, billing } = means;
  const image = await inputs.fetchImage(task.imageUrl, { taskId: task.id });
  const video = await inputs.fetchVideo(task.videoUrl, {
    taskId: task.id,
    orientation: task.orientation,
  });
  const referenceMs = video.facts.durationMs;
  const billableMs = computeBillableMs(referenceMs, task.rule, {
    minMs: task.billableMsMin,
    maxMs: task.billableMsMax,
  });
  const missingNanos = computeAmountNanos(task.rateNanosPerMs, billableMs) - task.heldNanos;
  const hold = { accountId: task.accountId, holdId: task.holdId, taskId: task.id };
  await moveTask(means, task, {
    to: 'inspected',
    set: {
      image: JSON.stringify(image),
      video: JSON.stringify(video),
      reference_ms: referenceMs,
      billable_ms: billableMs,
      ...(missingNanos > 0n ? { held_nanos: task.heldNanos + missingNanos } : {}),
    },
    money: async (tx) => {
      if (missingNanos > 0n) await billing.ledger.hold(tx, hold, missingNanos);
    },
  });
}
