/** The life of tasks in this process: steps, attempts of engines, ends, sweeps. */

import { Counter, Histogram, type Registry } from 'prom-client';

const MILLISECONDS_PER_SECOND = 1000;

const STEP_SECONDS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
const TASK_SECONDS = [1, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200];

export function addTaskMetrics(registry: Registry) {
  const registers = [registry];
  const submitted = new Counter({
    name: 'understudy_tasks_submitted_total',
    help: 'Tasks taken by this process',
    registers,
  });
  const ended = new Counter({
    name: 'understudy_tasks_ended_total',
    help: 'Tasks that this process brought to their end, with the code of a failure',
    labelNames: ['state', 'code'] as const,
    registers,
  });
  const taskSeconds = new Histogram({
    name: 'understudy_task_seconds',
    help: 'Time from submit to end',
    labelNames: ['state'] as const,
    buckets: TASK_SECONDS,
    registers,
  });
  const stepSeconds = new Histogram({
    name: 'understudy_step_seconds',
    help: 'Time of one step of a task',
    labelNames: ['step', 'outcome'] as const,
    buckets: STEP_SECONDS,
    registers,
  });
  const attempts = new Counter({
    name: 'understudy_engine_attempts_total',
    help: 'Attempts of engines that ended: completed, lost with a process, or the code of a failure',
    labelNames: ['engine', 'outcome'] as const,
    registers,
  });
  const swept = new Counter({
    name: 'understudy_tasks_swept_total',
    help: 'Tasks that sweeps ended late, took up again, or removed the media of',
    labelNames: ['what'] as const,
    registers,
  });
  const orphans = new Counter({
    name: 'understudy_orphans_removed_total',
    help: 'Files without a row that sweeps of the storage removed',
    registers,
  });
  const sweeps = new Counter({
    name: 'understudy_sweeps_total',
    help: 'Sweeps that ran to their end',
    registers,
  });
  return {
    taskSubmitted(): void {
      submitted.inc();
    },
    stepEnded(figure: { step: string; outcome: string; elapsedMs: number }): void {
      const { step, outcome, elapsedMs } = figure;
      stepSeconds.observe({ step, outcome }, elapsedMs / MILLISECONDS_PER_SECOND);
    },
    taskEnded(figure: { state: string; code: string | null; elapsedMs: number }): void {
      const { state, code, elapsedMs } = figure;
      ended.inc({ state, code: code ?? '' });
      taskSeconds.observe({ state }, elapsedMs / MILLISECONDS_PER_SECOND);
    },
    engineEnded(engine: string, outcome: string): void {
      attempts.inc({ engine, outcome });
    },
    sweptTasks(counts: { late: number; forgotten: number; removed: number }): void {
      for (const [what, count] of Object.entries(counts)) swept.inc({ what }, count);
      sweeps.inc();
    },
    removedOrphans: (count: number): void => orphans.inc(count),
  };
}
