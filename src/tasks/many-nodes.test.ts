import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { TEST_DATABASES, type TestDatabase } from '../../test/fixtures/database.ts';
import {
  createNodeRig,
  type NodeOptions,
  type NodeRig,
  type TestNode,
} from '../../test/fixtures/node-rig.ts';
import type { TaskRig } from '../../test/fixtures/task-rig.ts';
import { useTaskRig } from '../../test/fixtures/use-task-rig.ts';
import { waitUntil } from '../../test/fixtures/wait-until.ts';
import type { Caller } from '../accounts/accounts.ts';
import type { FetchedImage } from './inputs.ts';

const MUCH = 1_000_000_000_000n;

for (const variant of TEST_DATABASES) testNodes(variant);

function testNodes(variant: TestDatabase): void {
  describe(`tasks of several nodes on ${variant.name}`, { skip: variant.skip }, () => {
    let rig: TaskRig;
    let caller: Caller;
    let nodes: NodeRig;
    const openNode = (options?: NodeOptions) => nodes.openNode(options);
    useTaskRig(
      variant,
      async (opened) => {
        rig = opened;
        nodes = createNodeRig(rig);
        caller = await rig.openAccount(MUCH);
      },
      { stepRetryDelayMs: 0, pollIntervalMs: 0 },
    );
    afterEach(() => nodes.closeAll());

    const submit = async (node: TestNode, by = caller) =>
      (await node.tasks.submit(by, rig.request())).taskId;
    const readRow = async (taskId: string) => {
      const { rows } = await rig.db.executeSql('SELECT * FROM task WHERE id = $1', [taskId]);
      return rows[0] ?? {};
    };
    const stepTo = async (node: TestNode, taskId: string, state: string) => {
      for (let step = 0; step < 12; step++) {
        if ((await readRow(taskId))['state'] === state) return;
        await node.tasks.advance(taskId);
      }
      assert.fail(`the task never came to ${state}`);
    };
    const waitForEnd = async ({ tasks }: TestNode, taskId: string) => {
      for (;;) {
        const { task, version } = await tasks.view(caller, taskId);
        if (task.usage.is_final) return task;
        await tasks.waitForChange(taskId, version, 5_000);
      }
    };

    test('work that has ended is looked at at once, however long it is until the next look', async () => {
      const node = await openNode({ limits: { pollIntervalMs: 600_000 } });
      await node.tasks.startWorkers();
      const taskId = await submit(node);
      const comesTo = (state: string) =>
        waitUntil(`it is ${state}`, async () => (await readRow(taskId))['state'] === state);
      await comesTo('running');
      node.engine.finish();
      await comesTo('completed');
    });

    test('the steps of a task whose engine runs on one node are taken by that node alone', async () => {
      const [owner, other] = [await openNode(), await openNode()];
      const taskId = await submit(owner);
      await stepTo(owner, taskId, 'running');
      assert.equal((await readRow(taskId))['node_id'], owner.id);
      owner.engine.finish();
      await other.tasks.advance(taskId);
      assert.equal((await readRow(taskId))['state'], 'running');
      await stepTo(owner, taskId, 'completed');
      assert.equal((await readRow(taskId))['node_id'], null);
      assert.deepEqual(await rig.tasks.audit(), []);
    });

    test('what a dead node had at work is started again elsewhere and is no failure of the engine', async () => {
      const [dead, heir] = [await openNode(), await openNode()];
      const taskId = await submit(dead);
      await stepTo(dead, taskId, 'running');
      await heir.tasks.sweep();
      assert.equal((await readRow(taskId))['node_id'], dead.id, 'it is alive as far as is known');
      await nodes.onlySignsOf(heir);
      await heir.tasks.sweep();
      assert.equal((await readRow(taskId))['node_id'], heir.id);
      heir.engine.finish();
      await stepTo(heir, taskId, 'completed');
      const row = await readRow(taskId);
      assert.equal(row['engine_failures'], 0);
      assert.equal(row['engine_starts'], 2);
      assert.deepEqual(heir.engine.starts, [taskId]);
      assert.deepEqual(await rig.tasks.audit(), []);
    });

    test('a node that was only thought dead ends its work and changes nothing', async () => {
      const [paused, heir] = [await openNode(), await openNode()];
      const taskId = await submit(paused);
      await stepTo(paused, taskId, 'running');
      await nodes.onlySignsOf(heir);
      await heir.tasks.sweep();
      await waitUntil('the heir has started it', async () => {
        await heir.tasks.advance(taskId);
        return heir.engine.starts.length > 0;
      });
      await paused.nodes.join();
      await paused.tasks.startWorkers();
      await waitUntil('the work has ended', () => paused.engine.ended.length > 0);
      paused.engine.finish();
      heir.engine.finish();
      await stepTo(heir, taskId, 'completed');
      assert.deepEqual(paused.engine.starts, [taskId], 'it has not started it again');
      assert.deepEqual(await rig.tasks.audit(), []);
    });

    test('a node that stood still while it stored a result does not overwrite the next one', async () => {
      const [paused, heir] = [await openNode(), await openNode()];
      const taskId = await submit(paused);
      await stepTo(paused, taskId, 'running');
      paused.engine.finish();
      await stepTo(paused, taskId, 'rendered');
      const isIn = Promise.withResolvers<void>();
      const mayGo = Promise.withResolvers<void>();
      const { putFile } = rig.storage;
      const written: string[] = [];
      rig.storage.putFile = async (key, ...rest) => {
        const isLate = written.push(key) === 1;
        if (isLate) isIn.resolve();
        if (isLate) await mayGo.promise;
        return await putFile.call(rig.storage, key, ...rest);
      };
      const storing = paused.tasks.advance(taskId);
      await isIn.promise;
      await nodes.onlySignsOf(heir);
      await heir.tasks.sweep();
      heir.engine.finish();
      await stepTo(heir, taskId, 'completed');
      mayGo.resolve();
      await storing;
      rig.storage.putFile = putFile;
      const [late, kept] = written;
      assert.equal((await heir.tasks.content(caller, taskId)).storageKey, kept);
      assert.notEqual(late, kept);
      await heir.tasks.delete(caller, taskId);
      assert.deepEqual(
        [...rig.storage.blobs.keys()].filter((key) => key.includes(taskId)),
        [],
      );
      assert.deepEqual(await rig.tasks.audit(), []);
    });

    test('a node that stood still while it stored an input does not overwrite what was measured since', async () => {
      const [paused, heir] = [await openNode(), await openNode()];
      const taskId = await submit(paused);
      const isIn = Promise.withResolvers<void>();
      const mayGo = Promise.withResolvers<void>();
      const { fetchImage } = rig.inputs;
      let fetches = 0;
      rig.inputs.fetchImage = async (...parameters) => {
        const fetch = ++fetches;
        if (fetch === 1) isIn.resolve();
        if (fetch === 1) await mayGo.promise;
        const image = await fetchImage.apply(rig.inputs, parameters);
        await rig.storage.putFile(image.storageKey, `/picture-${fetch}.png`, 'image/png');
        return image;
      };
      const inspecting = paused.tasks.advance(taskId);
      await isIn.promise;
      await nodes.onlySignsOf(heir);
      await heir.tasks.sweep();
      await stepTo(heir, taskId, 'inspected');
      mayGo.resolve();
      await inspecting;
      rig.inputs.fetchImage = fetchImage;
      assert.equal(fetches, 2);
      const { storageKey } = (await readRow(taskId))['image'] as FetchedImage;
      assert.equal(rig.storage.blobs.get(storageKey), '/picture-2.png');
      await heir.tasks.cancel(caller, taskId);
      await heir.tasks.delete(caller, taskId);
      const left = [...rig.storage.blobs.keys()].filter((key) => key.includes(taskId));
      assert.deepEqual(left, [], 'and neither outlives the deletion');
    });

    test('an inspection that is tried again by itself uses its keys again', async () => {
      const node = await openNode();
      const taskId = await submit(node);
      const { fetchVideo } = rig.inputs;
      rig.inputs.fetchVideo = () => Promise.reject(new Error('a disk hiccup'));
      await node.tasks.advance(taskId);
      rig.inputs.fetchVideo = fetchVideo;
      await stepTo(node, taskId, 'inspected');
      const { storageKey } = (await readRow(taskId))['image'] as FetchedImage;
      assert.equal(storageKey, `tasks/${taskId}/picture.png`);
    });

    test('the lease of a dead node does not have to run out', async () => {
      const [dead, heir] = [await openNode(), await openNode()];
      const taskId = await submit(dead);
      const isIn = Promise.withResolvers<void>();
      const mayGo = Promise.withResolvers<void>();
      const { fetchImage } = rig.inputs;
      rig.inputs.fetchImage = async (...parameters) => {
        isIn.resolve();
        await mayGo.promise;
        return await fetchImage.apply(rig.inputs, parameters);
      };
      const hanging = dead.tasks.advance(taskId);
      await isIn.promise;
      rig.inputs.fetchImage = fetchImage;
      await dead.nodes.leave();
      await rig.db.executeSql(
        `INSERT INTO node (id, role, host, pid, started_at, heartbeat_at)
          VALUES ($1, 'worker', 'elsewhere', 1, 'epoch', 'epoch')`,
        [dead.id],
      );
      await heir.tasks.sweep();
      await heir.tasks.advance(taskId);
      assert.equal((await readRow(taskId))['state'], 'inspected');
      mayGo.resolve();
      await hanging;
      assert.equal((await readRow(taskId))['state'], 'inspected');
      await heir.tasks.cancel(caller, taskId);
    });

    test('a node that goes hands its tasks back at once, and the start does not count', async () => {
      const [going, staying] = [await openNode(), await openNode()];
      const taskId = await submit(going);
      await stepTo(going, taskId, 'running');
      await going.tasks.drain({ timeoutMs: 0 });
      assert.deepEqual(going.engine.ended, [taskId]);
      const row = await readRow(taskId);
      assert.deepEqual(
        [row['state'], row['node_id'], row['holds_slot'], row['engine_starts'], row['lease_id']],
        ['inspected', null, false, 0, null],
      );
      staying.engine.finish();
      await stepTo(staying, taskId, 'completed');
    });

    test('a node that goes lets a render end if it can in time', async () => {
      const going = await openNode();
      const taskId = await submit(going);
      await stepTo(going, taskId, 'running');
      await going.tasks.startWorkers();
      const drained = going.tasks.drain({ timeoutMs: 60_000 });
      going.engine.finish();
      await drained;
      assert.equal((await readRow(taskId))['state'], 'completed');
      assert.deepEqual(going.engine.ended, []);
    });

    test('a task that another process has cancelled is ended where it is rendered', async () => {
      const [owner, other] = [await openNode(), await openNode()];
      const taskId = await submit(owner);
      await stepTo(owner, taskId, 'running');
      await owner.tasks.startWorkers();
      await other.tasks.cancel(caller, taskId);
      assert.equal((await waitForEnd(owner, taskId)).status, 'cancelled');
      await waitUntil('the work has ended', () => owner.engine.ended.length > 0);
      assert.deepEqual(owner.engine.ended, [taskId]);
    });

    test('never more tasks start than a node may have at work, however many try', async () => {
      const node = await openNode({ concurrency: 2 });
      const ids: string[] = [];
      for (let index = 0; index < 6; index++) {
        const taskId = await submit(node);
        await stepTo(node, taskId, 'inspected');
        ids.push(taskId);
      }
      await Promise.all(ids.map((taskId) => node.tasks.advance(taskId)));
      assert.equal(node.engine.starts.length, 2);
      const second = await openNode({ concurrency: 2 });
      await Promise.all(ids.map((taskId) => second.tasks.advance(taskId)));
      assert.equal(second.engine.starts.length, 2, 'each node has its own slots');
      for (const taskId of ids) await node.tasks.cancel(caller, taskId);
    });

    test('no account has more tasks at work than it may, and one with many lets the others in', async () => {
      const greedy = await rig.openAccount(MUCH);
      const modest = await rig.openAccount(MUCH);
      const node = await openNode({ concurrency: 3, limits: { runningPerAccountMax: 2 } });
      const many: string[] = [];
      for (let index = 0; index < 16; index++) many.push(await submit(node, greedy));
      const few: string[] = [];
      for (let index = 0; index < 5; index++) few.push(await submit(node, modest));
      for (const taskId of [...many, ...few]) await stepTo(node, taskId, 'inspected');
      await node.tasks.startWorkers();
      await waitUntil('three have started', () => node.engine.starts.length >= 3);
      const ofModest = (ids: string[]) => ids.filter((id) => few.includes(id)).length;
      assert.ok([1, 2].includes(ofModest(node.engine.starts)), 'not all three of one account');
      node.engine.finish();
      await waitUntil('all have started', () => node.engine.starts.length >= 21);
      assert.equal(ofModest(node.engine.starts.slice(0, 13)), 5, node.engine.starts.join());
      for (const taskId of many) {
        const task = await node.tasks.view(greedy, taskId);
        await node.tasks.waitForChange(taskId, task.version, 60_000);
      }
    });
  });
}
