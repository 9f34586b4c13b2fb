import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createJail, type Jail, type JailLimits, type Reader } from './jail.ts';

const root = mkdtempSync(join(tmpdir(), 'understudy-jail-'));
const workDir = join(root, 'jail');
const jails: Jail[] = [];
after(async () => {
  await Promise.all(jails.map((jail) => jail.close()));
  rmSync(root, { recursive: true, force: true });
});

const LIMITS: JailLimits = { memoryMb: 300, wallMs: 20_000, cpuMs: 10_000, childrenMax: 1 };

const INMATE = join(import.meta.dirname, 'testing/inmate.ts');

function openJail(limits: Partial<JailLimits> = {}): Jail {
  const jail = createJail({ file: INMATE, workDir, limits: { ...LIMITS, ...limits } });
  jails.push(jail);
  return jail;
}

const shared = openJail();
const statusOf = async (jail: Jail, ...job: string[]) => (await jail.run(job)).status;
const answerOf = async (jail: Jail, ...job: string[]): Promise<unknown> => {
  const outcome = await jail.run(job);
  assert.equal(outcome.status, 'done', JSON.stringify(outcome));
  return 'answer' in outcome ? outcome.answer : null;
};

test('one warm child does several jobs and is replaced after its share of them', async () => {
  const jail = openJail({ jobsMax: 2 });
  const told: { pid: number; jobCount: number; rest: string[] }[] = [];
  for (const word of ['a', 'b', 'c']) {
    told.push((await answerOf(jail, 'echo', word)) as (typeof told)[number]);
  }
  assert.deepEqual(
    told.map(({ rest, jobCount }) => [rest[0], jobCount]),
    [
      ['a', 1],
      ['b', 2],
      ['c', 1],
    ],
  );
  assert.equal(told[0]?.pid, told[1]?.pid);
  assert.notEqual(told[1]?.pid, told[2]?.pid);
});

test('a child that was prepared takes the next job, and there is never one too many', async () => {
  const ownDir = join(root, 'prepared');
  const jail = createJail({ file: INMATE, workDir: ownDir, limits: LIMITS });
  jails.push(jail);
  jail.prepare();
  jail.prepare();
  const [folder, ...others] = readdirSync(ownDir);
  assert.deepEqual(others, []);
  await answerOf(jail, 'echo');
  assert.deepEqual(readdirSync(ownDir), [folder]);
});

test('a native crash ends one attempt only', async () => {
  assert.equal(await statusOf(shared, 'die of a bad address'), 'crashed');
  assert.equal(await statusOf(shared, 'throw when nobody listens'), 'crashed');
  assert.equal(await statusOf(shared, 'echo'), 'done');
});

test('a job is not blamed for what the job before it broke', async () => {
  await answerOf(shared, 'echo');
  assert.equal(await answerOf(shared, 'die unless fresh'), 'fine');
});

test('what the work throws is told, and the child goes on', async () => {
  const outcome = await shared.run(['throw']);
  assert.ok(outcome.status === 'threw');
  assert.equal(outcome.message, 'RangeError: Invalid array length');
});

test('a child that works for ever is ended by its time of the processor', async (context) => {
  if (!existsSync('/proc/self/stat')) return context.skip('this system has no /proc');
  const jail = openJail({ cpuMs: 300 });
  const outcome = await jail.run(['never end']);
  assert.ok(outcome.status === 'too-slow');
  assert.match(outcome.detail, /of 300 ms of the processor/);
});

test('a job that is given up ends its child, and one that waits gives its place away', async () => {
  const jail = openJail();
  const patience = new AbortController();
  const [first, second] = [
    jail.run(['wait for ever'], undefined, patience.signal),
    jail.run(['wait for ever'], undefined, patience.signal),
  ];
  const third = jail.run(['echo']);
  const fallen = Promise.allSettled([first, second]);
  patience.abort(new Error('cancelled'));
  for (const { status, reason } of (await fallen) as PromiseRejectedResult[]) {
    assert.deepEqual([status, String(reason)], ['rejected', 'Error: cancelled']);
  }
  assert.equal((await third).status, 'done');
  await assert.rejects(jail.run(['echo'], undefined, patience.signal), /cancelled/);
});

test('a child that waits for ever is ended by the clock', async () => {
  const jail = openJail({ wallMs: 300 });
  const outcome = await jail.run(['wait for ever']);
  assert.ok(outcome.status === 'too-slow');
  assert.match(outcome.detail, /more than 300 ms/);
});

test('too much memory ends the attempt, in the heap or outside of it', async (context) => {
  const jail = openJail({ memoryMb: 200 });
  assert.equal(await statusOf(jail, 'eat the heap'), 'too-much-memory');
  if (!existsSync('/proc/self/status')) return context.skip('this system has no /proc');
  assert.equal(await statusOf(jail, 'eat memory'), 'too-much-memory');
});

test('an answer without end and nonsense are crashes, and never kept', async () => {
  for (const job of ['answer too much', 'talk nonsense']) {
    assert.equal(await statusOf(shared, job), 'crashed', job);
  }
});

test('a child that never stops complaining cannot fill our memory', async () => {
  const jail = openJail({ wallMs: 1_500 });
  const outcome = await jail.run(['cry for ever']);
  assert.ok('errorOutput' in outcome, outcome.status);
  assert.ok(outcome.errorOutput.length <= 4_000);
});

test('a child reads its file through us, and not a byte beside it', async () => {
  const bytes = Buffer.from('0123456789');
  const reader: Reader = {
    sizeBytes: bytes.length,
    read: async (start, end) => bytes.subarray(start, end),
  };
  const outcome = await shared.run(['read', '2', '5'], reader);
  assert.ok(outcome.status === 'done');
  assert.equal(outcome.answer, '234');
  for (const range of [
    ['5', '11'],
    ['5', '4'],
  ]) {
    const refused = await shared.run(['read', ...range], reader);
    assert.equal(refused.status, 'threw', range.join());
  }
});

test('what our side cannot read comes out as it was thrown', async () => {
  const cause = new Error('the host has gone');
  const reader: Reader = { sizeBytes: 10, read: () => Promise.reject(cause) };
  await assert.rejects(shared.run(['read', '0', '5'], reader), cause);
  assert.equal(await statusOf(shared, 'echo'), 'done');
});

test('a child may read its own code and nothing else, and start nothing', async () => {
  const foreign = join(root, 'foreign');
  mkdirSync(foreign, { recursive: true });
  writeFileSync(join(foreign, 'secret'), 'x');
  const denied = 'ERR_ACCESS_DENIED';
  assert.deepEqual(await answerOf(shared, 'trespass', join(foreign, 'secret'), foreign), {
    read: denied,
    list: denied,
    write: denied,
    run: denied,
    thread: denied,
  });
});

test('a child knows nothing of our environment and works in a folder of its own', async () => {
  process.env['TEST_SECRET_OF_THE_SERVICE'] = 'secret';
  const jail = openJail();
  const told = (await answerOf(jail, 'tell the environment')) as { names: string[] } & {
    folder: string;
  };
  delete process.env['TEST_SECRET_OF_THE_SERVICE'];
  const allowed = ['HOME', 'TMPDIR', 'TMP', 'TEMP', 'MALLOC_ARENA_MAX', 'MALLOC_MMAP_THRESHOLD_'];
  assert.deepEqual(
    told.names.filter((name) => !allowed.includes(name)),
    [],
  );
  assert.ok(told.folder.includes('jail'));
});

test('what a job leaves in its folder is gone before the next, and the folder after all', async () => {
  assert.deepEqual(await answerOf(shared, 'litter'), ['left-behind']);
  assert.deepEqual(await answerOf(shared, 'look around'), []);
  await Promise.all(jails.map((jail) => jail.close()));
  assert.deepEqual(readdirSync(workDir), []);
});

test('no more children run at once than allowed, and too many waiting jobs are refused', async () => {
  const jail = openJail({ waitingMax: 1 });
  const first = jail.run(['wait for ever']);
  const second = jail.run(['echo']);
  await assert.rejects(jail.run(['echo']), { code: 'not_ready' });
  const ends = Promise.allSettled([first, second]);
  await jail.close();
  for (const end of await ends) {
    assert.ok(end.status === 'rejected');
    // A stop of the service says nothing about the file.
    assert.equal(end.reason.code, 'not_ready');
  }
});
