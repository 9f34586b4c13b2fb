import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VideoSample } from 'mediabunny';
import { createPlanePool } from './frame-planes.ts';

const SIZE = { width: 4, height: 2 };
const TIMES = { timestamp: 0, duration: 1 };

async function readSample(sample: VideoSample): Promise<number[]> {
  const bytes = new Uint8Array(sample.allocationSize());
  await sample.copyTo(bytes);
  return [...bytes];
}

test('a sample shows the planes as they were when it was made, whatever becomes of them', async () => {
  const pool = createPlanePool(SIZE);
  const planes = Uint8Array.from({ length: 12 }, (_, i) => i);
  const sample = new VideoSample(pool.take(planes), TIMES);
  planes.fill(99);
  const later = new VideoSample(pool.take(planes), TIMES);
  assert.deepEqual(await readSample(sample), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  assert.deepEqual(await readSample(later), new Array(12).fill(99));
  assert.equal(sample.format, 'I420');
  assert.deepEqual([sample.codedWidth, sample.codedHeight], [4, 2]);
  assert.equal(sample.colorSpace.matrix, 'bt709');
  assert.equal(sample.colorSpace.fullRange, false);
});

test('memory is used again when the last copy of a sample is closed, and not before', async () => {
  const pool = createPlanePool(SIZE);
  const sample = new VideoSample(pool.take(new Uint8Array(12).fill(1)), TIMES);
  const held = sample.clone();
  sample.close();
  const other = pool.take(new Uint8Array(12).fill(2));
  assert.deepEqual(await readSample(held), new Array(12).fill(1));
  held.close();
  const again = pool.take(new Uint8Array(12).fill(3));
  const memoryOf = async (resource: typeof again) =>
    (await resource.getDataPlanes())[0]?.data.buffer;
  assert.notEqual(await memoryOf(again), await memoryOf(other));
  new VideoSample(again, TIMES).close();
  assert.equal(await memoryOf(pool.take(new Uint8Array(12))), await memoryOf(again));
});
