/**
 * The engine inside: renders in a child process of its own, so that a crash costs one attempt and
 * never the service.
 */

import { readFileSync } from 'node:fs';
import { copyFile, link, mkdir, readFile, rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { assert } from '../../kernel/assert.ts';
import type { Clock } from '../../kernel/clock.ts';
import { randomBase58 } from '../../kernel/ids.ts';
import type { Log } from '../../kernel/log.ts';
import type {
  BoundToProcess,
  Completed,
  EngineCapabilities,
  EngineJob,
  EngineWork,
  Failed,
  Operation,
  Pending,
} from '../engine.ts';
import { describeCrash, describeLoss, describeRefusal } from './errors.ts';
import { type RenderLimits, startProcess } from './render.ts';
import { createWaiting } from './waiting.ts';
import { type ChildCache, type ChildJob, Result } from './wire.ts';
import { createWorks, type LocalOperation, type Work } from './works.ts';

export type LocalEngineOptions = {
  /** Directory that holds one working directory for each task. */
  workDir: string;
  log: Log;
  limits: RenderLimits & {
    /** Renders at the same time; the others wait. */
    concurrency: number;
  };
  clock: Clock;
  /**
   * Keeps tracked clips and rigged pictures for later renders. @default nothing is kept
   */
  cache?: ChildCache | null;
  /** Judges every finished video by tracking it. @default false */
  score?: boolean;
  /** Hears which of the stages that can be kept a finished render took from the cache. */
  onStages?: (reused: readonly string[], all: readonly string[]) => void;
  /** Entry of the child process. @default child.ts beside this file */
  childFile?: string;
};

/** An engine that also has a lifetime: `close` ends the children and waits until they are gone. */
export type LocalEngine = EngineWork & BoundToProcess & { close(): Promise<void> };

const CAPABILITIES: EngineCapabilities = {
  modes: ['std', 'pro'],
  orientations: ['image', 'video'],
  nativeProgress: true,
};

/** The stages whose outcome the cache keeps. */
const KEPT_STAGES = ['tracking', 'rigging'];

const OUTPUT_NAME = 'output.mp4';
const RESULT_NAME = 'result.json';
const NAME_PATTERN = /^[A-Za-z0-9_-]+$/;

export function createLocalEngine(options: LocalEngineOptions): LocalEngine {
  const { workDir, log, limits, clock, cache = null, score = false } = options;
  const childFile = options.childFile ?? join(import.meta.dirname, childName());
  const listeners: ((taskId: string) => void)[] = [];
  const onEnd = (work: Work) => {
    void tellStages(options, work, directoryOf(work.operation));
    for (const listen of listeners) listen(work.operation.taskId);
  };
  const works = createWorks({ childFile, limits, log, onEnd });
  const waiting = createWaiting({
    log,
    directoryOf: (operation) => directoryOf(operation),
    open: (folder) => startProcess({ childFile, folder, cache, limits }),
  });
  /** Starts that have yet to answer; one that is taken out meanwhile begins nothing. */
  const starts = new Map<string, LocalOperation>();
  const directoryOf = ({ taskId, attempt }: LocalOperation) => join(workDir, taskId, attempt);

  return {
    name: 'local',
    version: readMotionVersion(),
    capabilities: CAPABILITIES,
    isBoundToProcess: true,
    concurrency: limits.concurrency,
    async start(job) {
      assert(!works.isClosed(), 'a closed engine takes no work');
      const known = works.get(job.taskId);
      if (known && !known.failure) return known.operation;
      const ready = waiting.take(job.taskId);
      const operation = ready?.operation ?? createOperation(job.taskId);
      starts.set(job.taskId, operation);
      if (ready === null) await rm(join(workDir, job.taskId), { recursive: true, force: true });
      const settings = { cache, score, createdAtMs: clock.now() };
      const preparing = prepare(directoryOf(operation), job, settings);
      const childJob = await preparing.catch((error: unknown) => {
        if (starts.get(job.taskId) === operation) starts.delete(job.taskId);
        ready?.child.end('crashed', 'its inputs could not be laid ready');
        throw error;
      });
      if (starts.get(job.taskId) !== operation) {
        ready?.child.end('crashed', 'cancelled');
        await rm(directoryOf(operation), { recursive: true, force: true });
        return operation;
      }
      starts.delete(job.taskId);
      works.add(operation, childJob, ready?.child ?? null);
      return operation;
    },
    expect(taskId) {
      if (works.isClosed() || !works.hasRoom() || works.get(taskId) || starts.has(taskId)) return;
      waiting.start(createOperation(taskId));
    },
    async check(stored) {
      const operation = readOperation(stored);
      const known = works.get(operation.taskId);
      const work = known?.operation.attempt === operation.attempt ? known : null;
      if (work && !work.hasEnded) return describePending(work);
      if (work?.failure) return work.failure;
      const directory = directoryOf(operation);
      const result = await readResult(directory);
      if (result) return describeResult(result, directory);
      return work ? describeCrash(work.stage) : describeLoss();
    },
    cancel: (operation) => works.drop(readOperation(operation).taskId),
    async cancelTask(taskId) {
      assert(NAME_PATTERN.test(taskId), 'a task id is safe as the name of a directory');
      // A start under way removes what it has prepared by itself, once it notices.
      const isStarting = starts.delete(taskId);
      await works.drop(taskId);
      await waiting.drop(taskId);
      if (!isStarting) await rm(join(workDir, taskId), { recursive: true, force: true });
    },
    onEnded: (listen) => void listeners.push(listen),
    listTasks: () => [...new Set([...starts.keys(), ...works.list()])],
    async cleanUp(operation) {
      const { taskId } = readOperation(operation);
      await works.drop(taskId);
      await rm(join(workDir, taskId), { recursive: true, force: true });
    },
    async close() {
      await works.close();
      await waiting.close();
    },
  };
}

async function tellStages(
  { onStages, cache = null }: LocalEngineOptions,
  work: Work,
  directory: string,
): Promise<void> {
  if (work.failure !== null || cache === null || !onStages) return;
  const result = await readResult(directory).catch(() => null);
  if (result?.status === 'completed') onStages(result.reused ?? [], KEPT_STAGES);
}

/** Compiled for publishing this file is JavaScript, and so is its child. */
function childName(): string {
  return `child${extname(import.meta.filename)}`;
}

/**
 * From the package's own note: loading the package itself would bring models and codecs into the
 * service.
 */
function readMotionVersion(): string {
  const file = new URL('../package.json', import.meta.resolve('@understudy/motion'));
  const { version }: { version: string } = JSON.parse(readFileSync(file, 'utf8'));
  return version;
}

/** A working directory with the inputs in it. */
async function prepare(
  directory: string,
  job: EngineJob,
  settings: Pick<ChildJob, 'cache' | 'score' | 'createdAtMs'>,
): Promise<ChildJob> {
  await mkdir(directory, { recursive: true });
  const take = async (name: string, path: string) => {
    const target = join(directory, `${name}${extname(path)}`);
    // A copy where the two are on different disks.
    await link(path, target).catch(() => copyFile(path, target));
    return target;
  };
  return {
    imageFile: await take('image', await job.image.openFile()),
    videoFile: await take('video', await job.video.openFile()),
    outputFile: join(directory, OUTPUT_NAME),
    resultFile: join(directory, RESULT_NAME),
    mode: job.mode,
    orientation: job.orientation,
    prompt: job.prompt,
    keepOriginalSound: job.keepOriginalSound,
    watermark: job.watermark,
    ...settings,
  };
}

function describePending(work: Work): Pending {
  return { status: 'pending', progress: work.progress, stage: work.stage };
}

function describeResult(result: Result, directory: string): Completed | Failed {
  if (result.status === 'refused') return describeRefusal(result.finding);
  const path = join(directory, OUTPUT_NAME);
  return {
    status: 'completed',
    result: { kind: 'file', path, facts: result.facts },
    warnings: result.warnings.map(({ code, message, value }) =>
      value === undefined ? { code, message } : { code, message, value },
    ),
    applied: result.applied,
    motion: result.motion,
  };
}

/** Null when the work in the directory has not ended by itself, or is not there. */
async function readResult(directory: string): Promise<Result | null> {
  const text = await readFile(join(directory, RESULT_NAME), 'utf8').catch(() => null);
  return text === null ? null : Result.parse(JSON.parse(text));
}

function createOperation(taskId: string): LocalOperation {
  return readOperation({ taskId, attempt: randomBase58() });
}

function readOperation({ taskId, attempt }: Operation): LocalOperation {
  const areNames = [taskId, attempt].every(
    (name) => typeof name === 'string' && NAME_PATTERN.test(name),
  );
  assert(areNames, 'an operation of this engine, whose parts are safe as names of directories');
  return { taskId: String(taskId), attempt: String(attempt) };
}
