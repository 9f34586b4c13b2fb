import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createTestClock } from '../../test/fixtures/clock.ts';
import { openMemoryDatabase, silentLog } from '../../test/fixtures/database.ts';
import type { Database } from '../db/database.ts';
import { newId } from '../kernel/ids.ts';
import { createNodes, type NodesOptions } from './nodes.ts';

const SILENCE_MS = 30_000;
const clock = createTestClock();
let db: Database;
before(async () => {
  db = await openMemoryDatabase();
});
after(() => db.close());

function openNode(options: Partial<NodesOptions> = {}) {
  // As on PostgreSQL: on the embedded database there is only one node.
  const shared: Database = Object.create(db, { kind: { value: 'postgres' } });
  const id = newId('node');
  const fixed = { clock, log: silentLog, id, role: 'worker', silenceMsMax: SILENCE_MS } as const;
  return createNodes({ db: shared, ...fixed, ...options });
}

test('a node that is silent for too long is dead to the others, and back with its next sign', async () => {
  const [first, second] = [openNode(), openNode()];
  await first.join();
  await second.join();
  assert.deepEqual(await first.listDead(), []);
  clock.advance(SILENCE_MS);
  await first.join();
  clock.advance(1);
  assert.deepEqual(await first.listDead(), [second.id]);
  await second.join();
  assert.deepEqual(await first.listDead(), []);
  await first.leave();
  await second.leave();
  assert.deepEqual(await first.listIds(), []);
});

test('a node that was cut off itself gives the others time for a sign before it calls them dead', async () => {
  const [first, second, third] = [openNode(), openNode(), openNode()];
  for (const node of [first, second, third]) await node.join();
  // The database is away for so long, and back.
  clock.advance(2 * SILENCE_MS);
  assert.deepEqual(await first.listDead(), []);
  await first.join();
  assert.deepEqual(await first.listDead(), []);
  await second.join();
  clock.advance(SILENCE_MS);
  for (const node of [first, second]) await node.join();
  assert.deepEqual(await first.listDead(), [third.id]);
  for (const node of [first, second, third]) await node.leave();
});

test('a process that is gone from this machine is dead at once, and one of another machine is not', async () => {
  const gone = openNode({ host: 'here' });
  const far = openNode({ host: 'there' });
  const watcher = openNode({ host: 'here', isProcessAlive: () => false });
  for (const node of [gone, far, watcher]) await node.join();
  assert.deepEqual(await watcher.listDead(), [gone.id]);
  for (const node of [gone, far, watcher]) await node.leave();
});

test('this process counts as alive to another node in it', async () => {
  const [first, second] = [openNode(), openNode()];
  await first.join();
  await second.join();
  assert.deepEqual(await first.listDead(), []);
  await first.leave();
  await second.leave();
});
