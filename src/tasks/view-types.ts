/** The flat object of the API: what a customer reads of a task. */

import type { MotionMeasures } from '../engines/engine.ts';
import type { ErrorCode } from '../kernel/errors.ts';
import type { TaskWarning } from './inputs.ts';

export type TaskStatus = 'queued' | 'in_progress' | 'completed' | 'failed' | 'cancelled';

export type TaskError = {
  code: ErrorCode;
  message: string;
  stage: string;
  retryable: boolean;
  hint: string;
};

export type VideoMetadata = {
  url: string;
  format: 'mp4';
  /** Seconds. */
  duration: number;
  fps: number;
  width: number;
  height: number;
};

export type TaskUsage = {
  billing_rule: 'per_second';
  rate_usd: string;
  /** Null until the clip was probed. */
  billable_seconds: number | null;
  probed_seconds: number | null;
  held_usd: string;
  charged_usd: string;
  released_usd: string;
  is_final: boolean;
};

export type TaskView = {
  id: string;
  task_id: string;
  object: 'video';
  model: string;
  status: TaskStatus;
  progress: number;
  stage: string;
  created_at: number;
  started_at: number | null;
  completed_at: number | null;
  expires_at: number | null;
  seconds: string | null;
  size: string | null;
  mode: string;
  character_orientation: string;
  /** Only when completed. */
  url: string | null;
  /** Empty until completed. */
  metadata: VideoMetadata | Record<string, never>;
  error: TaskError | null;
  warnings: TaskWarning[];
  /** What of the prompt the engine carried out; empty until there is a result. */
  applied: string[];
  /** Dollars charged so far; 0 until the task is final. */
  cost: number;
  usage: TaskUsage;
  /** How well the result follows the clip; null until completed, or when it was not measured. */
  motion: MotionMeasures | null;
  external_task_id: string | null;
  engine: string;
  request_id: string;
};
