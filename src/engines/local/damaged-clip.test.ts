import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { damageClip, makeClip } from '../../../test/fixtures/clips.ts';
import { createLocalEngineRig } from '../../../test/fixtures/local-engine.ts';
import { waitUntil } from '../../../test/fixtures/wait-until.ts';

const SAMPLE_PICTURE = join(import.meta.dirname, '../../../samples/character.jpg');

const rig = createLocalEngineRig({ memoryMb: 2_000 }, { isRealChild: true });
after(() => rig.close());

test('a clip that is damaged where no probe looks is refused by name and not tried again', async () => {
  const whole = join(rig.directory, 'whole.mp4');
  await makeClip(whole, { seconds: 3, fps: 10, hasSound: true });
  await damageClip(whole, join(rig.directory, 'damaged.mp4'));
  const operation = await rig.engine.start({
    ...rig.createJob(''),
    image: { url: '', openFile: async () => SAMPLE_PICTURE },
    video: { url: '', openFile: async () => join(rig.directory, 'damaged.mp4') },
  });
  await waitUntil(
    'the render has ended',
    async () => (await rig.engine.check(operation)).status !== 'pending',
  );
  const outcome = await rig.engine.check(operation);
  assert.ok(outcome.status === 'failed', outcome.status);
  assert.deepEqual([outcome.code, outcome.retryable], ['video_unreadable', false]);
  assert.match(
    String(outcome.values['reason']),
    /^its pictures cannot be decoded from second [0-2](\.\d)? on; export it again, or cut it there$/,
  );
});
