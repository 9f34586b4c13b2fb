/** Ends a task well: charged once and completed in one transaction. */

import { computeAmountNanos } from '../../billing/prices.ts';
import { assert } from '../../kernel/assert.ts';
import type { TaskMeans } from '../options.ts';
import { moveTask } from '../rows.ts';
import { removeScratch } from '../scratch.ts';
import { STAGE_AT, type Task } from '../task.ts';
import { cleanUpQuietly } from './poll.ts';

export async function finishTask(means: TaskMeans, task: Task): Promise<void> {
  assert(task.billableMs !== null, 'a stored task was probed');
  await cleanUpQuietly(means, task);
  await removeScratch(means, task.id);
  const nowMs = means.clock.now();
  const priceNanos = computeAmountNanos(task.rateNanosPerMs, task.billableMs);
  // The hold was topped up to the price when the clip was probed, so the two can only differ
  // downwards.
  assert(priceNanos <= task.heldNanos, 'the hold covers the price');
  const hold = { accountId: task.accountId, holdId: task.holdId, taskId: task.id };
  await moveTask(means, task, {
    to: 'completed',
    stage: STAGE_AT.completed,
    set: {
      charged_nanos: priceNanos,
      completed_at: new Date(nowMs),
      expires_at: new Date(nowMs + means.limits.retentionMs),
    },
    money: async (tx) => {
      const { chargedNanos } = await means.billing.ledger.settle(tx, hold, priceNanos);
      assert(
        chargedNanos === priceNanos,
        'what the task says was charged is what the ledger charged',
      );
    },
  });
}
