import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TEST_DATABASES, type TestDatabase } from '../../test/fixtures/database.ts';
import { COMPLETED, type TaskRig } from '../../test/fixtures/task-rig.ts';
import { useTaskRig } from '../../test/fixtures/use-task-rig.ts';
import type { MotionMeasures } from '../engines/engine.ts';

const TEN_DOLLARS = 10_000_000_000n;

for (const variant of TEST_DATABASES) testMotion(variant);

function testMotion(variant: TestDatabase): void {
  describe(`the motion score of a task on ${variant.name}`, { skip: variant.skip }, () => {
    let rig: TaskRig;
    useTaskRig(
      variant,
      (opened) => {
        rig = opened;
      },
      { stepRetryDelayMs: 0 },
    );

    const viewsWith = async (motion: MotionMeasures | null) => {
      rig.engine.outcome = { ...COMPLETED, motion };
      const caller = await rig.openAccount(TEN_DOLLARS);
      const { taskId } = await rig.tasks.submit(caller, rig.request());
      return await rig.runToEnd(caller, taskId);
    };

    test('what the engine measured of its result is read from the finished task, nulls included', async () => {
      const motion = {
        frames: 48,
        correlation_yaw: null,
        pck_0_1: 0.98,
        score: 0.9,
        weakest: 'feet',
      };
      const views = await viewsWith(motion);
      const view = views.at(-1);
      assert.deepEqual(view?.motion, motion);
      const names = ['score', 'weakest', 'pck_0_1', 'correlation_yaw', 'frames'];
      assert.deepEqual(Object.keys(view.motion ?? {}), names);
      assert.ok(views.slice(0, -1).every((before) => before.motion === null));
    });

    test('a result that was not measured completes with no motion score', async () => {
      const view = (await viewsWith(null)).at(-1);
      assert.equal(view?.status, 'completed');
      assert.equal(view.motion, null);
    });
  });
}
