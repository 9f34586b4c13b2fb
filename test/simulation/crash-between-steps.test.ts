import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { prepareDataDir, reserveDatabase } from '../fixtures/database.ts';

/**
 * Each is an outside action; the service dies after it and before the commit that would have noted
 * it.
 */
const PLACES = ['inspect', 'start', 'check', 'store', 'settle'] as const;

const database = await reserveDatabase();
let dataDir = '';
before(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'understudy-crash-'));
  await prepareDataDir(dataDir);
});
after(async () => {
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

const startService = (deathPlace: string) =>
  fork(join(import.meta.dirname, '../fixtures/crashing-service.ts'), [
    dataDir,
    deathPlace,
    database.url ?? '',
  ]);

test('a service killed in every step repeats only that step, completes, and charges once', async () => {
  for (const place of PLACES) {
    const [, signal] = await once(startService(place), 'exit');
    assert.equal(signal, 'SIGKILL', `the service dies in ${place}`);
  }

  const service = startService('nowhere');
  await once(service, 'message');
  const answer = once(service, 'message');
  service.send(JSON.parse(readFileSync(join(dataDir, 'task.json'), 'utf8')));
  const [{ task, receipt, violations }] = await answer;
  service.kill();

  assert.equal(task.status, 'completed');
  assert.equal(task.usage.charged_usd, '0.82304');
  assert.equal(receipt.sums.charged_usd, '0.82304');
  assert.deepEqual(
    receipt.lines.map(({ kind }: { kind: string }) => kind),
    ['hold', 'hold', 'settle', 'settle', 'settle'],
  );
  assert.deepEqual(violations, []);
  const actions = readFileSync(join(dataDir, 'actions.log'), 'utf8').trim().split('\n');
  // The store step asks the engine where the result lies, so it checks again each time it runs.
  assert.deepEqual(actions, [
    ...['inspect', 'inspect'],
    ...['start', 'start'],
    ...['check', 'check'],
    ...['check', 'store', 'check', 'store'],
    ...['settle', 'settle'],
  ]);
});
