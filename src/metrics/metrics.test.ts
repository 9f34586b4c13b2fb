import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createTestClock } from '../../test/fixtures/clock.ts';
import { silentLog } from '../../test/fixtures/database.ts';
import { createMetrics, SOURCES_KEPT_MS } from './metrics.ts';

function open(t: TestContext) {
  const clock = createTestClock();
  const metrics = createMetrics({ clock, log: silentLog, version: '1.2.3' });
  t.after(() => metrics.close());
  const read = async () => (await metrics.read()).text.split('\n');
  return { clock, metrics, read };
}

const GROUP = { state: 'submitted', stage: 'queued', engine: 'local' };

test('what happened is added up by its labels', async (t) => {
  const { metrics, read } = open(t);
  const { tasks, media } = metrics;
  tasks.taskSubmitted();
  tasks.stepEnded({ step: 'store', outcome: 'done', elapsedMs: 300 });
  tasks.stepEnded({ step: 'store', outcome: 'done', elapsedMs: 700 });
  tasks.taskEnded({ state: 'failed', code: 'engine_crashed', elapsedMs: 4_000 });
  tasks.engineEnded('local', 'engine_crashed');
  tasks.sweptTasks({ late: 1, forgotten: 0, removed: 2 });
  media.bytesFetched(10);
  media.bytesFetched(5);
  media.stagesReused(['tracking'], ['tracking', 'rigging']);
  media.readingEnded('too-slow', 2_500);
  const lines = await read();
  for (const line of [
    'understudy_tasks_submitted_total 1',
    'understudy_step_seconds_sum{step="store",outcome="done"} 1',
    'understudy_step_seconds_bucket{le="0.5",step="store",outcome="done"} 1',
    'understudy_tasks_ended_total{state="failed",code="engine_crashed"} 1',
    'understudy_engine_attempts_total{engine="local",outcome="engine_crashed"} 1',
    'understudy_tasks_swept_total{what="removed"} 2',
    'understudy_fetched_bytes_total 15',
    'understudy_engine_cache_total{stage="rigging",result="miss"} 1',
    'understudy_probe_cpu_seconds_total 2.5',
    `understudy_build_info{version="1.2.3",node="${process.version}"} 1`,
  ]) {
    assert.ok(lines.includes(line), line);
  }
});

test('however many look, the sources are asked once in a while', async (t) => {
  const { clock, metrics, read } = open(t);
  let asked = 0;
  metrics.watch('tasks', {
    async ask() {
      asked += 1;
      metrics.state.showTasks([{ ...GROUP, count: asked, waitingCount: 0, longestWaitMs: null }]);
    },
    clear: () => metrics.state.showTasks(null),
  });
  await Promise.all([read(), read(), read()]);
  await read();
  assert.equal(asked, 1);
  clock.advance(SOURCES_KEPT_MS);
  assert.ok((await read()).includes('understudy_tasks_open{state="submitted",stage="queued"} 2'));
});

test('a source that fails leaves its figures out, and the page is still there', async (t) => {
  const { clock, metrics, read } = open(t);
  let isDown = false;
  metrics.watch('tasks', {
    async ask() {
      if (isDown) throw new Error('the database does not answer');
      metrics.state.showTasks([{ ...GROUP, count: 3, waitingCount: 2, longestWaitMs: 1_500 }]);
    },
    clear: () => metrics.state.showTasks(null),
  });
  const before = await read();
  assert.ok(before.includes('understudy_tasks_waiting 2'));
  assert.ok(before.includes('understudy_tasks_waiting_oldest_seconds 1.5'));
  isDown = true;
  clock.advance(SOURCES_KEPT_MS);
  const after = await read();
  assert.deepEqual(
    after.filter((line) => /^understudy_tasks_(open|waiting)/.test(line)),
    [],
  );
  assert.ok(after.includes('understudy_metrics_failures_total{source="tasks"} 1'));
});

test('a ledger that nobody has audited shows nothing rather than zero violations', async (t) => {
  const { metrics, read } = open(t);
  const shown = async () => (await read()).filter((line) => /^understudy_ledger_v/.test(line));
  assert.deepEqual(await shown(), []);
  metrics.state.showAudit({ atMs: 5_000, violationCount: 0 });
  assert.deepEqual(await shown(), ['understudy_ledger_violations 0']);
});

test('a state that no task is in any more is gone from the page', async (t) => {
  const { metrics, read } = open(t);
  const figures = { count: 1, waitingCount: 0, longestWaitMs: null };
  metrics.state.showTasks([{ ...GROUP, ...figures, state: 'running', stage: 'tracking' }]);
  metrics.state.showTasks([{ ...GROUP, ...figures }]);
  const open_ = (await read()).filter((line) =>
    /^understudy_(tasks_open|engine_running)/.test(line),
  );
  assert.deepEqual(open_, ['understudy_tasks_open{state="submitted",stage="queued"} 1']);
});
