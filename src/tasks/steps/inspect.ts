/**
 * Takes our own copies of the inputs, probes them unless a quote has, and makes the hold cover what
 * was found.
 */

import { computeAmountNanos, computeBillableMs } from '../../billing/prices.ts';
import { AppError } from '../../kernel/errors.ts';
import type { FetchedImage, FetchedVideo, InputFinding, TaskWarning } from '../inputs.ts';
import { type LocalCopies, withLocalCopies } from '../local-copies.ts';
import type { TaskMeans } from '../options.ts';
import type { Quote } from '../quotes/quote.ts';
import { findClaimed } from '../quotes/quote-rows.ts';
import { moveTask } from '../rows.ts';
import type { Task } from '../task.ts';
import { whileInHand } from '../while-in-hand.ts';

export async function inspectInputs(means: TaskMeans, task: Task): Promise<void> {
  const { billing } = means;
  const { image, video, warnings } = await whileInHand(means, task, (signal) =>
    withLocalCopies((copies) => lookAtInputs(means, task, { copies, signal })),
  );
  const referenceMs = video.facts.durationMs;
  const billableMs = computeBillableMs(referenceMs, task.rule, {
    minMs: task.billableMsMin,
    maxMs: task.billableMsMax,
  });
  const missingNanos = computeAmountNanos(task.rateNanosPerMs, billableMs) - task.heldNanos;
  const hold = { accountId: task.accountId, holdId: task.holdId, taskId: task.id };
  await moveTask(means, task, {
    to: 'inspected',
    stage: 'waiting',
    set: {
      image: JSON.stringify(image),
      video: JSON.stringify(video),
      reference_ms: referenceMs,
      billable_ms: billableMs,
      warnings: JSON.stringify(warnings),
      ...(missingNanos > 0n ? { held_nanos: task.heldNanos + missingNanos } : {}),
    },
    money: async (tx) => {
      if (missingNanos > 0n) await billing.ledger.hold(tx, hold, missingNanos);
    },
  });
}

type Pair = { image: FetchedImage; video: FetchedVideo };
type Found = Pair & { warnings: TaskWarning[] };
type Looking = { copies: LocalCopies; signal: AbortSignal };

async function lookAtInputs(means: TaskMeans, task: Task, looking: Looking): Promise<Found> {
  const { inputs } = means;
  const { orientation } = task;
  const { id: taskId, inspections: attempt, accountId } = task;
  const context = { taskId, attempt, accountId, ...looking };
  const quote = await findClaimed(means.db.kysely, task.quoteId);
  const image = await inputs.fetchImage(task.imageUrl, context, quote?.image);
  const clip = { ...context, orientation };
  const video = await inputs.fetchVideo(task.videoUrl, clip, quote?.video);
  logProbe(means, task, { image, video });
  const warnings = await lookBefore(means, task, { image, video, quote, looking });
  return { image, video, warnings };
}

/** Of a task with a quote the log holds one probe, that of the quote, while the inputs stay. */
function logProbe({ log }: TaskMeans, { id: taskId, quoteId }: Task, { image, video }: Pair): void {
  const referenceMs = video.facts.durationMs;
  if (image.isProbeReused && video.isProbeReused) {
    log.info({ taskId, quoteId, referenceMs }, 'the facts of the quote are taken over');
  } else {
    log.info({ taskId, quoteId, referenceMs }, 'probed');
  }
}

/** An engine of this process may get ready while the inputs are looked at. */
function tellEngine({ engines }: TaskMeans, { id, engine: name }: Task): void {
  const engine = engines.get(name);
  if (engine.isBoundToProcess) engine.expect?.(id);
}

type Looked = Pair & { quote: Quote | null; looking: Looking };

/** What was found before the quote was given need not be looked for again in the same bytes. */
async function lookBefore(
  means: TaskMeans,
  task: Task,
  { image, video, quote, looking }: Looked,
): Promise<TaskWarning[]> {
  const { inputs } = means;
  const { orientation, mode, quoteId } = task;
  const isAsQuoted = Boolean(image.isProbeReused && video.isProbeReused);
  const isQuoteEnough = quote !== null && isAsQuoted && quote.video.storageKey !== null;
  if (!isQuoteEnough) tellEngine(means, task);
  const findings = isQuoteEnough
    ? quote.findings
    : ((await inputs.preflight?.({ image, video }, { orientation, mode, ...looking })) ?? []);
  const worst = findings.find(({ severity }) => severity === 'error');
  if (worst) throw refusalOf(worst);
  const warnings = findings.map(toWarning);
  return quoteId === null || isAsQuoted ? warnings : [...warnings, QUOTE_OUTDATED];
}

const QUOTE_OUTDATED: TaskWarning = {
  code: 'quote_outdated',
  message:
    'The media are not those that were quoted, so they were probed again; the rate of the quote ' +
    'is kept, and the length that was found now is billed.',
};

function refusalOf({ code, message, advice }: InputFinding): AppError {
  const isKnown = code === 'no_person' || code === 'person_too_small';
  return new AppError(isKnown ? code : 'media_unsuitable', { reason: message, advice });
}

function toWarning({ code, subject, message, advice, value, limit }: InputFinding): TaskWarning {
  const said = { code, message, subject, limit, advice };
  return value === null ? said : { ...said, value };
}
