import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { waitForEnd } from '../../../test/conformance/engine.ts';
import { createLocalEngineRig, type LocalEngineRig } from '../../../test/fixtures/local-engine.ts';
import { waitUntil } from '../../../test/fixtures/wait-until.ts';

let rig: LocalEngineRig;
before(() => {
  rig = createLocalEngineRig();
});
after(() => rig.close());

const runToEnd = async (prompt: string, engine = rig.engine) =>
  await waitForEnd(engine, await engine.start(rig.createJob(prompt)));

test('a completed render hands out the file, what it is, and what it made of the prompt', async () => {
  const outcome = await runToEnd('complete');
  assert.ok(outcome.status === 'completed' && outcome.result.kind === 'file');
  assert.equal(readFileSync(outcome.result.path, 'utf8'), 'clip');
  assert.deepEqual(outcome.result.facts, { width: 720, height: 1280, fps: 30, durationMs: 8_000 });
  assert.deepEqual(outcome.applied, ['warm']);
  assert.deepEqual(outcome.motion, { score: 0.9, correlation_yaw: null });
  await waitUntil('the stages are told', () => rig.stages.length > 0);
  assert.deepEqual(rig.stages, ['rigging of tracking,rigging'], 'told once, for figures');
});

test('a task that was expected is done by the process that waits for it', async () => {
  const job = rig.createJob('complete');
  const folder = join(rig.workDir, job.taskId);
  rig.engine.expect?.(job.taskId);
  rig.engine.expect?.(rig.createJob('complete').taskId);
  const waiting = readdirSync(folder);
  assert.equal(waiting.length, 1);
  const operation = await rig.engine.start(job);
  assert.deepEqual([operation['attempt']], waiting);
  assert.equal((await waitForEnd(rig.engine, operation)).status, 'completed');
  assert.deepEqual(readdirSync(folder), waiting);
});

test('a process that waits for a task in vain goes, with its folder', async () => {
  const engine = rig.restart({ concurrency: 1 });
  const { taskId } = rig.createJob('complete');
  engine.expect?.(taskId);
  assert.ok(existsSync(join(rig.workDir, taskId)));
  await engine.cancelTask(taskId);
  assert.ok(!existsSync(join(rig.workDir, taskId)));
});

test('nobody waits for a task that would have to wait itself', async () => {
  const engine = rig.restart({ concurrency: 1 });
  await engine.start(rig.createJob('wait for ever'));
  const { taskId } = rig.createJob('complete');
  engine.expect?.(taskId);
  assert.ok(!existsSync(join(rig.workDir, taskId)));
});

test('the end of a render is told, also of one that failed, but not of one that was dropped', async () => {
  const engine = rig.restart({ concurrency: 1 });
  const ended: string[] = [];
  engine.onEnded?.((taskId) => void ended.push(taskId));
  const [dropped, crashing, good] = ['wait for ever', 'crash while rendering', 'complete'].map(
    (prompt) => rig.createJob(prompt),
  );
  assert.ok(dropped && crashing && good);
  for (const job of [dropped, crashing, good]) await engine.start(job);
  await engine.cancelTask(dropped.taskId);
  await waitUntil('both have ended', () => ended.length === 2);
  assert.deepEqual(ended, [crashing.taskId, good.taskId]);
});

test('a picture that cannot be used is refused with its sentence and never tried again', async () => {
  assert.deepEqual(await runToEnd('refuse'), {
    status: 'failed',
    code: 'no_person',
    values: { reason: 'No person is visible in the clip.' },
    retryable: false,
  });
});

test('a child that crashes is one failed attempt that names the stage', async () => {
  assert.deepEqual(await runToEnd('crash while rendering'), {
    status: 'failed',
    code: 'engine_crashed',
    values: { stage: 'rendering' },
    retryable: true,
  });
});

test('a child that ends without a result has crashed too', async () => {
  const outcome = await runToEnd('end without a result');
  assert.ok(outcome.status === 'failed');
  assert.equal(outcome.code, 'engine_crashed');
  assert.equal(outcome.isLost, undefined);
});

test('after a crash the same task can be started again', async () => {
  const job = rig.createJob('crash while rendering');
  const first = await rig.engine.start(job);
  assert.equal((await waitForEnd(rig.engine, first)).status, 'failed');
  const second = await rig.engine.start({ ...job, prompt: 'complete' });
  assert.equal((await waitForEnd(rig.engine, second)).status, 'completed');
});

test('a child above the memory limit is ended', async () => {
  const engine = rig.restart({ memoryMb: 150 });
  const outcome = await runToEnd('eat memory', engine);
  assert.ok(outcome.status === 'failed');
  assert.equal(outcome.code, 'engine_crashed');
});

test('a child above the time limit is ended, and told apart from a crash', async () => {
  const engine = rig.restart({ timeoutMs: 1_000 });
  assert.deepEqual(await runToEnd('wait for ever', engine), {
    status: 'failed',
    code: 'engine_timeout',
    values: { limitSeconds: 1 },
    retryable: false,
  });
});

test('no more children run at once than allowed, and the next begins when one ends', async () => {
  const engine = rig.restart({ concurrency: 1 });
  const first = await engine.start(rig.createJob('wait for ever'));
  const second = await engine.start(rig.createJob('complete'));
  await waitUntil(
    'the first is at work',
    async () => (await stageOf(engine, first)) === 'tracking',
  );
  assert.equal(await stageOf(engine, second), 'waiting');
  await engine.cancel?.(first);
  assert.equal((await waitForEnd(engine, second)).status, 'completed');
});

test('a restarted service finds a result that was finished before', async () => {
  const operation = await rig.engine.start(rig.createJob('complete'));
  const outcome = await waitForEnd(rig.engine, operation);
  assert.deepEqual(await rig.restart().check(operation), outcome);
});

test('a restarted service says that a render of the process before is lost, not failed', async () => {
  const operation = await rig.engine.start(rig.createJob('wait for ever'));
  const outcome = await rig.restart().check(operation);
  assert.ok(outcome.status === 'failed' && outcome.retryable);
  assert.equal(outcome.isLost, true);
  await rig.engine.cleanUp?.(operation);
});

test('cleaning up ends the child and leaves nothing on disk', async () => {
  const operation = await rig.engine.start(rig.createJob('wait for ever'));
  const directory = join(rig.workDir, String(operation['taskId']));
  assert.ok(existsSync(directory));
  await rig.engine.cleanUp?.(operation);
  assert.ok(!existsSync(directory));
});

test('the child gets nothing of our environment but where to put temporary files', async () => {
  process.env['TEST_SECRET_OF_THE_SERVICE'] = 'secret';
  const outcome = await runToEnd('tell the environment');
  delete process.env['TEST_SECRET_OF_THE_SERVICE'];
  assert.ok(outcome.status === 'completed');
  const told: { names: string[]; flags: string[] } = JSON.parse(outcome.warnings[0]?.message ?? '');
  const folders = ['HOME', 'TMPDIR', 'TMP', 'TEMP'];
  const allowed = [...folders, 'MALLOC_ARENA_MAX', 'MALLOC_MMAP_THRESHOLD_', 'NODE_CHANNEL_FD'];
  const others = told.names.filter((name) => !allowed.includes(name));
  assert.deepEqual(
    others.filter((name) => !name.startsWith('NODE_CHANNEL')),
    [],
  );
  assert.ok(told.flags.includes('--conditions=development'));
  assert.ok(told.flags.includes('--max-old-space-size=400'));
});

test('the child is told where to keep clips and pictures for later renders', async () => {
  const outcome = await runToEnd('tell the cache');
  assert.ok(outcome.status === 'completed');
  assert.deepEqual(JSON.parse(outcome.warnings[0]?.message ?? ''), rig.cache);
});

test('a child whose service was killed notices and ends', async () => {
  const service: ChildProcess = fork(
    join(import.meta.dirname, '../../../test/fixtures/engine-service.ts'),
    { execArgv: ['--conditions=development', '--disable-warning=ExperimentalWarning'] },
  );
  const [childPid] = await once(service, 'message');
  assert.ok(isAlive(childPid));
  service.kill('SIGKILL');
  await once(service, 'exit');
  await waitUntil('the child has ended', () => !isAlive(childPid));
});

async function stageOf(engine: LocalEngineRig['engine'], operation: { taskId?: unknown }) {
  const outcome = await engine.check({ ...operation } as Parameters<typeof engine.check>[0]);
  return outcome.status === 'pending' ? outcome.stage : outcome.status;
}

/** A process that has ended but was not yet waited for by its new parent counts as gone. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (!existsSync('/proc/self/status') || !readdirSync('/proc').includes(String(pid))) return true;
  return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}
