/**
 * Customers who quote, submit, poll, lose patience, send the same again, cancel and delete, and
 * write down what they were told.
 */

import type { Caller } from '../../src/accounts/accounts.ts';
import { isAppError } from '../../src/kernel/errors.ts';
import type { SubmitRequest } from '../../src/tasks/submit.ts';
import type { Place, Process } from './processes.ts';
import type { Random } from './random.ts';
import type { Attempt, Records } from './records.ts';
import { addressOf } from './simulated-media.ts';
import type { Life } from './world.ts';

export type Customers = {
  /** Everything they are going to do. */
  begin(callers: readonly Caller[], taskCount: number): void;
  /** Nobody waits for an answer any more, and nobody is going to ask. */
  areDone(): boolean;
};

type Means = {
  place: Place;
  records: Records;
  draws: Random;
  life: Life;
  /** One that runs, or null. */
  pickProcess(): Process | null;
};

type Told<T> = { value: T } | { error: unknown } | null;

type Plan = {
  caller: Caller;
  request: Omit<SubmitRequest, 'requestId'>;
  atMs: number;
  key: string | null;
  wantsQuote: boolean;
  /** How long after the submit, in milliseconds; null for never. */
  cancelAfterMs: number | null;
  deletesAfterMs: number | null;
  polls: number;
};

const TRIES_MAX = 4;
const SPAN_MS = 60_000;
const POLL_MS = { min: 500, max: 30_000 };
const PATIENCE_MS = 20_000;

export function createCustomers(
  place: Place,
  records: Records,
  pickProcess: () => Process | null,
): Customers {
  const { world } = place;
  const life = world.createLife('customers');
  const means: Means = { place, records, draws: world.random.fork('customers'), life, pickProcess };
  let open = 0;
  return {
    areDone: () => open === 0,
    begin(callers, taskCount) {
      const plans = Array.from({ length: taskCount }, (_, index) =>
        drawPlan(means, callers, index),
      );
      for (const [index, plan] of plans.entries()) {
        open += 1;
        world.spawn(life, `customer ${index}`, () =>
          live(means, plan).finally(() => {
            open -= 1;
          }),
        );
      }
    },
  };
}

function drawPlan(means: Means, callers: readonly Caller[], index: number): Plan {
  const { draws } = means;
  const orientation = draws.chance(0.5) ? 'image' : 'video';
  const capSeconds = orientation === 'image' ? 10 : 30;
  const length = () => draws.integer(draws.chance(0.1) ? 1_000 : 3_000, capSeconds * 1_050);
  const firstMs = length();
  const laterMs = draws.chance(0.1) ? length() : firstMs;
  return {
    caller: draws.pick(callers),
    request: {
      model: 'kling-v3-motion-control',
      imageUrl: 'https://pictures.test/hero.png',
      videoUrl: addressOf(String(index), firstMs, laterMs, draws.integer(0, SPAN_MS)),
      characterOrientation: orientation,
      mode: draws.chance(0.5) ? 'std' : 'pro',
      prompt: null,
      keepOriginalSound: true,
      watermark: false,
      // Often too little, and then the hold has to be topped up.
      durationSeconds: draws.chance(0.5) ? draws.integer(3, capSeconds) : null,
      // Now and then one that another task has already.
      externalTaskId: draws.chance(0.4) ? `mine-${draws.integer(0, index + 5)}` : null,
      engine: null,
      quoteId: null,
    },
    atMs: draws.integer(0, SPAN_MS),
    key: draws.chance(0.4) ? `key-${index}` : null,
    wantsQuote: draws.chance(0.15),
    cancelAfterMs: draws.chance(0.15) ? draws.integer(0, 40_000) : null,
    deletesAfterMs: draws.chance(0.1) ? draws.integer(0, 90_000) : null,
    polls: draws.integer(0, 2),
  };
}

async function live(means: Means, plan: Plan): Promise<void> {
  const { world } = means.place;
  await world.sleep(means.life, plan.atMs);
  const quote = plan.wantsQuote ? await askForQuote(means, plan) : null;
  const taskId = await submit(means, plan, quote);
  if (taskId === null) return;
  const twin = plan.key !== null && means.draws.chance(0.3);
  if (twin) await submitAgain(means, plan, quote, taskId);
  const acts = [poll(means, plan, taskId)];
  if (plan.cancelAfterMs !== null) acts.push(cancel(means, plan, taskId, plan.cancelAfterMs));
  if (plan.deletesAfterMs !== null) acts.push(remove(means, plan, taskId, plan.deletesAfterMs));
  await Promise.all(acts);
}

/** Null when the process died, or nobody answered in time. */
function ask<T>(
  { place: { world }, life, pickProcess }: Means,
  subject: string,
  work: (process: Process) => Promise<T>,
): Promise<Told<T>> {
  return new Promise((resolve) => {
    const process = pickProcess();
    if (!process) return resolve(null);
    process.life.onDeath.push(() => resolve(null));
    void world.sleep(life, PATIENCE_MS).then(() => resolve(null));
    world.spawn(process.life, subject, async () => {
      await work(process).then(
        (value) => resolve({ value }),
        (error: unknown) => resolve({ error }),
      );
    });
  });
}

type Quoted = { id: string; nanos: bigint; process: Process };

async function askForQuote(means: Means, { caller, request }: Plan): Promise<Quoted | null> {
  const gone = new AbortController();
  const told = await ask(means, `quote of ${request.videoUrl}`, async (process) => {
    const { quote } = await process.tasks.quote(caller, request, gone.signal);
    return { id: quote.id, nanos: readNanos(quote.price_usd), process };
  });
  if (told === null) gone.abort(new Error('the customer has gone'));
  return told !== null && 'value' in told ? told.value : null;
}

/** Not with the code of the service: `"0.82304"` -> `823_040_000n`. */
export function readNanos(dollars: string): bigint {
  const [whole = '', decimals = ''] = dollars.split('.');
  return BigInt(whole + decimals.padEnd(9, '0'));
}

/** Sends it until there is an answer that means something; null when there is none, or a no. */
async function submit(means: Means, plan: Plan, quote: Quoted | null): Promise<string | null> {
  const { place, draws } = means;
  for (let tries = 0; tries < TRIES_MAX; ) {
    const attempt = await submitOnce(means, plan, quote);
    if (attempt === null) {
      // Nobody took the call, so it may be made again without a thought.
      await place.world.sleep(means.life, draws.integer(500, 5_000));
      continue;
    }
    tries += 1;
    const { answer } = attempt;
    if (answer !== null && 'taskId' in answer) return answer.taskId;
    const isNo = answer !== null && answer.code !== 'internal';
    // Without a name or a key nobody can know whether it was taken; some send it again anyway.
    const hasName = plan.key !== null || plan.request.externalTaskId !== null;
    if (isNo || (!hasName && draws.chance(0.5))) return null;
    await place.world.sleep(means.life, draws.integer(500, 5_000));
  }
  return null;
}

async function submitOnce(means: Means, plan: Plan, quote: Quoted | null): Promise<Attempt | null> {
  const { place, records } = means;
  const { caller, key } = plan;
  const requestId = place.newId('request');
  const request = { ...plan.request, requestId, quoteId: quote?.id ?? null };
  const idempotency = key === null ? null : { key, requestSha256: key };
  let attempt: Attempt | null = null;
  const told = await ask(means, requestId, async (process) => {
    attempt = {
      ...{ requestId, accountId: caller.accountId, key, answer: null },
      externalTaskId: request.externalTaskId,
      mode: request.mode,
      orientation: request.characterOrientation,
      videoUrl: request.videoUrl,
      durationSeconds: request.durationSeconds,
      prices: quote?.process.prices ?? process.prices,
      quotedNanos: quote?.nanos ?? null,
    };
    records.attempts.push(attempt);
    return await process.tasks.submit(caller, request, idempotency);
  });
  return attempt === null ? null : noteAnswer(attempt, told);
}

function noteAnswer(attempt: Attempt, told: Told<{ taskId: string }>): Attempt {
  if (told === null) return attempt;
  if ('value' in told) attempt.answer = { taskId: told.value.taskId };
  else attempt.answer = { code: isAppError(told.error) ? told.error.code : 'internal' };
  return attempt;
}

/** As a client does that lost the answer although it was given. */
async function submitAgain(
  means: Means,
  plan: Plan,
  quote: Quoted | null,
  taskId: string,
): Promise<void> {
  const attempt = await submitOnce(means, plan, quote);
  const answer = attempt?.answer ?? null;
  if (answer === null || ('taskId' in answer && answer.taskId === taskId)) return;
  if ('code' in answer && answer.code === 'internal') return;
  const detail = `${taskId} first, then ${JSON.stringify(answer)}`;
  means.records.violate('one key, one answer', plan.key ?? '', detail);
}

async function poll(means: Means, { caller, polls }: Plan, taskId: string): Promise<void> {
  for (let count = 0; count < polls; count++) {
    await means.place.world.sleep(means.life, means.draws.integer(POLL_MS.min, POLL_MS.max));
    const told = await ask(means, taskId, ({ tasks }) => tasks.view(caller, taskId));
    if (told === null || 'error' in told) {
      refuseUnknown(means, taskId, told);
      continue;
    }
    const { task, version } = told.value;
    lookAtView(means.records, taskId, { version, progress: task.progress, status: task.status });
  }
}

/** A task that was accepted is there, unless its owner has deleted it. */
function refuseUnknown({ records }: Means, taskId: string, told: { error: unknown } | null): void {
  if (told === null || !isAppError(told.error, 'task_not_found')) return;
  if (records.deleted.has(taskId)) return;
  records.violate('an accepted task is there', taskId, 'a poll did not find it');
}

const STATUSES = ['queued', 'in_progress', 'completed', 'failed', 'cancelled'];

/** Polls of one task are answered one after the other, so what they show only grows. */
function lookAtView(
  { seen, violate }: Records,
  taskId: string,
  now: { version: number; progress: number; status: string },
): void {
  if (!STATUSES.includes(now.status)) violate('a status is one of the words', taskId, now.status);
  const before = seen.get(`view of ${taskId}`);
  seen.set(`view of ${taskId}`, now);
  if (!before) return;
  const detail = `${JSON.stringify(before)}, then ${JSON.stringify(now)}`;
  if (now.version < before.version) violate('versions only grow', taskId, detail);
  if (now.progress < before.progress) violate('progress never goes down', taskId, detail);
  const hadEnded = STATUSES.indexOf(before.status) >= STATUSES.indexOf('completed');
  if (hadEnded && now.status !== before.status) violate('an end is an end', taskId, detail);
}

async function cancel(
  means: Means,
  { caller }: Plan,
  taskId: string,
  afterMs: number,
): Promise<void> {
  await means.place.world.sleep(means.life, afterMs);
  const told = await ask(means, taskId, ({ tasks }) => tasks.cancel(caller, taskId));
  if (told !== null && 'value' in told) means.records.cancelled.add(taskId);
}

async function remove(
  means: Means,
  { caller }: Plan,
  taskId: string,
  afterMs: number,
): Promise<void> {
  await means.place.world.sleep(means.life, afterMs);
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    // It may be deleted although the answer is lost.
    const told = await ask(means, taskId, ({ tasks }) => {
      means.records.deleted.add(taskId);
      return tasks.delete(caller, taskId);
    });
    if (told !== null && ('value' in told || !isAppError(told.error, 'not_finished'))) return;
    await means.place.world.sleep(means.life, PATIENCE_MS);
  }
}
