/** The task as the story tells it: its row in our words, and the few facts about its states. */

import type { Selectable } from 'kysely';
import { type BillingRule, readBillingRule } from '../billing/prices.ts';
import { readNanos } from '../db/parsers.ts';
import type { TaskState, TaskTable } from '../db/tables.ts';
import type {
  Mode,
  MotionMeasures,
  Operation,
  Orientation,
  ResultFacts,
} from '../engines/engine.ts';
import type { FetchedImage, FetchedVideo, TaskWarning } from './inputs.ts';
import type { TaskError } from './view-types.ts';

export type { TaskState };

export type StoredResult = ResultFacts & {
  storageKey: string;
  sizeBytes: number;
  sha256: string;
  contentType: string;
  /** What of the prompt the engine carried out; left out by former versions. */
  applied?: string[];
  /** Left out by engines that do not judge their results. */
  motion?: MotionMeasures;
};

export type Task = {
  id: string;
  accountId: string;
  requestId: string;
  externalTaskId: string | null;
  quoteId: string | null;
  state: TaskState;
  stage: string;
  progress: number;
  version: number;
  model: string;
  engine: string;
  mode: Mode;
  orientation: Orientation;
  imageUrl: string;
  videoUrl: string;
  prompt: string | null;
  keepOriginalSound: boolean;
  watermark: boolean;
  rateNanosPerMs: bigint;
  rule: BillingRule;
  billableMsMin: number;
  billableMsMax: number;
  holdId: string;
  heldNanos: bigint;
  chargedNanos: bigint | null;
  image: FetchedImage | null;
  video: FetchedVideo | null;
  referenceMs: number | null;
  billableMs: number | null;
  operation: Operation | null;
  engineStarts: number;
  engineFailures: number;
  stepFailures: number;
  /** How often it was taken in hand to be inspected, this time included. */
  inspections: number;
  warnings: TaskWarning[];
  result: StoredResult | null;
  error: TaskError | null;
  leaseId: string | null;
  /** The one node whose engine knows the task; null while any node may take its next step. */
  nodeId: string | null;
  createdAtMs: number;
  startedAtMs: number | null;
  completedAtMs: number | null;
  deadlineAtMs: number;
  expiresAtMs: number | null;
  isPurged: boolean;
  deletedAtMs: number | null;
};

export const FINAL_STATES = ['completed', 'failed', 'cancelled'] as const;

export function isFinal(state: TaskState): boolean {
  return FINAL_STATES.some((final) => final === state);
}

/** Where the bar stands once a state is reached; a running engine moves it from one to the next. */
export const PROGRESS_AT: Readonly<Record<TaskState, number>> = {
  submitted: 0,
  inspected: 5,
  running: 5,
  rendered: 92,
  stored: 97,
  completed: 100,
  failed: 0,
  cancelled: 0,
};

/** What is being done while a task is in a state; a running engine names its own stages. */
export const STAGE_AT: Readonly<Record<Exclude<TaskState, 'running'>, string>> = {
  submitted: 'inspecting',
  inspected: 'starting',
  rendered: 'storing',
  stored: 'finishing',
  completed: 'completed',
  failed: 'failed',
  cancelled: 'cancelled',
};

/** The JSON columns hold what this folder wrote there, so their shapes are taken as written. */
export function readTask(row: Selectable<TaskTable>): Task {
  return {
    id: row.id,
    accountId: row.account_id,
    requestId: row.request_id,
    externalTaskId: row.external_task_id,
    quoteId: row.quote_id,
    state: row.state,
    stage: row.stage,
    progress: row.progress,
    version: Number(row.version),
    model: row.model,
    engine: row.engine,
    mode: row.mode,
    orientation: row.orientation,
    imageUrl: row.image_url,
    videoUrl: row.video_url,
    prompt: row.prompt,
    keepOriginalSound: row.keep_original_sound,
    watermark: row.watermark,
    rateNanosPerMs: readNanos(row.rate_nanos_per_ms),
    rule: readBillingRule(row.billing_rule),
    billableMsMin: row.billable_ms_min,
    billableMsMax: row.billable_ms_max,
    holdId: row.hold_id,
    heldNanos: readNanos(row.held_nanos),
    chargedNanos: row.charged_nanos === null ? null : readNanos(row.charged_nanos),
    image: row.image as FetchedImage | null,
    video: row.video as FetchedVideo | null,
    referenceMs: row.reference_ms,
    billableMs: row.billable_ms,
    operation: row.operation as Operation | null,
    engineStarts: row.engine_starts,
    engineFailures: row.engine_failures,
    stepFailures: row.step_failures,
    inspections: row.inspections,
    warnings: row.warnings as TaskWarning[],
    result: row.result as StoredResult | null,
    error: row.error as TaskError | null,
    leaseId: row.lease_id,
    nodeId: row.node_id,
    createdAtMs: row.created_at.getTime(),
    startedAtMs: row.started_at?.getTime() ?? null,
    completedAtMs: row.completed_at?.getTime() ?? null,
    deadlineAtMs: row.deadline_at.getTime(),
    expiresAtMs: row.expires_at?.getTime() ?? null,
    isPurged: row.purged_at !== null,
    deletedAtMs: row.deleted_at?.getTime() ?? null,
  };
}
