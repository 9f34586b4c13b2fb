import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  bridgeRepeats,
  densifySeries,
  fillGaps,
  findRuns,
  type Series,
  smoothSeries,
} from './series.ts';

const seriesOf = (...values: (number | null)[]): Series =>
  values.map((value) => (value === null ? null : Float32Array.of(value)));

const valuesOf = (series: Series) => series.map((entry) => entry && entry[0]!);

const evenly = { stride: 1, weightComponent: null } as const;

test('a short gap is bridged in a straight line', () => {
  const filled = fillGaps(seriesOf(0, null, null, 3), 2);
  assert.deepEqual(valuesOf(filled), [0, 1, 2, 3]);
});

test('a long gap stays a gap', () => {
  const series = seriesOf(0, null, null, null, 4);
  assert.deepEqual(valuesOf(fillGaps(series, 2)), [0, null, null, null, 4]);
});

test('a short loss at either end stands still', () => {
  const filled = fillGaps(seriesOf(null, 5, 6, null), 1);
  assert.deepEqual(valuesOf(filled), [5, 5, 6, 6]);
});

test('a series in which nothing was found stays empty', () => {
  assert.deepEqual(valuesOf(fillGaps(seriesOf(null, null), 5)), [null, null]);
});

test('repeated frames move on evenly to the next real one, and stay when there is none', () => {
  const series = seriesOf(0, null, 4, null, null, 7, null, null, null);
  const isRepeat = [false, true, false, true, true, false, true, false, true];
  const bridged = valuesOf(bridgeRepeats(series, isRepeat));
  assert.deepEqual(bridged, [0, 2, 4, 5, 6, 7, 7, null, null]);
});

test('runs are the found stretches between losses', () => {
  assert.deepEqual(findRuns(seriesOf(1, 2, null, 3)), [
    { from: 0, to: 2 },
    { from: 3, to: 4 },
  ]);
});

test('smoothing leaves an even movement where it is, first and last frame too', () => {
  const line = seriesOf(0, 2, 4, 6, 8, 10, 12);
  const smooth = valuesOf(smoothSeries(line, { ...evenly, sigma: () => 1.5 }));
  for (const [i, value] of smooth.entries()) assert.ok(Math.abs(value! - 2 * i) < 1e-5);
});

test('smoothing shrinks a jitter and does not lag behind a turn', () => {
  const peak = seriesOf(0, 1, 2, 3, 4, 3, 2, 1, 0);
  const smooth = valuesOf(smoothSeries(peak, { ...evenly, sigma: () => 1 })) as number[];
  assert.equal(smooth.indexOf(Math.max(...smooth)), 4);
  const jitter = seriesOf(0, 1, 0, 1, 0, 1, 0, 1, 0);
  const calm = valuesOf(smoothSeries(jitter, { ...evenly, sigma: () => 1 })) as number[];
  assert.ok(Math.abs(calm[4]! - calm[3]!) < 0.1);
});

test('a frame that was hardly seen hardly pulls its neighbours', () => {
  const wild = (visibility: number): Series =>
    [0, 0, 100, 0, 0].map((value, i) => Float32Array.of(value, i === 2 ? visibility : 1));
  const options = { stride: 2, weightComponent: 1, sigma: () => 1 };
  const seen = smoothSeries(wild(1), options)[1]![0]!;
  const hidden = smoothSeries(wild(0), options)[1]![0]!;
  assert.ok(hidden < seen / 5);
});

test('smoothing does not reach across a loss', () => {
  const series = seriesOf(0, 0, null, 100, 100);
  const smooth = valuesOf(smoothSeries(series, { ...evenly, sigma: () => 2 }));
  assert.deepEqual(smooth, [0, 0, null, 100, 100]);
});

test('frames in between lie on a smooth curve through those that were looked at', () => {
  const dense = valuesOf(densifySeries(seriesOf(0, 2, 4, 6), 2, 8)) as number[];
  assert.deepEqual(
    dense,
    [0, 1, 2, 3, 4, 5, 6, 6].map((v, i) => (i === 1 || i === 5 ? dense[i] : v)),
  );
  assert.ok(dense[1]! > 0.5 && dense[1]! < 1.5);
  const bow = valuesOf(densifySeries(seriesOf(0, 3, 3, 0), 2, 7)) as number[];
  assert.ok(bow[3]! > 3);
});

test('a frame between a found and a lost one takes the nearer of them', () => {
  const dense = densifySeries(seriesOf(1, null, 3), 4, 9);
  assert.deepEqual(valuesOf(dense), [1, 1, null, null, null, null, 3, 3, 3]);
});
