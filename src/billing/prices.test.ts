import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDollars, parseDollars, toDollarNumber } from './money.ts';
import { computeAmountNanos, computeBillableMs, computeHoldMs, DEFAULT_PRICES } from './prices.ts';

const IMAGE = { minMs: 3_000, maxMs: 10_000 };
const VIDEO = { minMs: 3_000, maxMs: 30_000 };
const { std, pro } = DEFAULT_PRICES.rateNanosPerMs;

test('eight seconds at std cost $0.82304, also when the encoder wrote 8.008 s', () => {
  for (const referenceMs of [8_000, 8_008, 7_990]) {
    const billableMs = computeBillableMs(referenceMs, 'nearest', IMAGE);
    assert.equal(formatDollars(computeAmountNanos(std, billableMs)), '0.82304');
  }
  assert.equal(formatDollars(computeAmountNanos(pro, 8_000)), '1.09696');
});

test('the nearest rule turns up at exactly half a second', () => {
  assert.equal(computeBillableMs(7_499, 'nearest', IMAGE), 7_000);
  assert.equal(computeBillableMs(7_500, 'nearest', IMAGE), 8_000);
});

test('the exact and ceil rules bill to the millisecond and to the next second', () => {
  assert.equal(computeBillableMs(8_033, 'exact', IMAGE), 8_033);
  assert.equal(computeBillableMs(8_001, 'ceil', IMAGE), 9_000);
  assert.equal(computeBillableMs(8_000, 'ceil', IMAGE), 8_000);
});

test('no clip is billed below three seconds or above the cap of its orientation', () => {
  for (const rule of ['nearest', 'exact', 'ceil'] as const) {
    assert.equal(computeBillableMs(2_960, rule, IMAGE), 3_000);
    assert.equal(computeBillableMs(10_040, rule, IMAGE), 10_000);
    assert.equal(computeBillableMs(30_040, rule, VIDEO), 30_000);
  }
});

test('the hold is the cap, or the estimate kept within the range', () => {
  assert.equal(computeHoldMs(null, IMAGE), 10_000);
  assert.equal(computeHoldMs(null, VIDEO), 30_000);
  assert.equal(computeHoldMs(8, IMAGE), 8_000);
  assert.equal(computeHoldMs(1, IMAGE), 3_000);
  assert.equal(computeHoldMs(99, IMAGE), 10_000);
});

test('an amount is exact where a double is not', () => {
  assert.equal(computeAmountNanos(std, 8_033), 826_435_040n);
  assert.notEqual(0.10288 * 8.033, 0.82643504);
});

test('dollars show at least five decimals and never lose a nano', () => {
  assert.equal(formatDollars(0n), '0.00000');
  assert.equal(formatDollars(1_028_800_000n), '1.02880');
  assert.equal(formatDollars(10_000_000_000n), '10.00000');
  assert.equal(formatDollars(1n), '0.000000001');
  assert.equal(formatDollars(-205_760_000n), '-0.20576');
  assert.equal(toDollarNumber(823_040_000n), 0.82304);
});

test('only plain decimal dollars are read as money', () => {
  assert.equal(parseDollars('10'), 10_000_000_000n);
  assert.equal(parseDollars('0.82304'), 823_040_000n);
  assert.equal(parseDollars('1.234567891'), 1_234_567_891n);
  for (const text of ['', '-1', '+1', '1e3', '1.', '.5', '0.1234567891', 'ten', '1,5', ' 1']) {
    assert.throws(() => parseDollars(text), { code: 'invalid_request' }, `"${text}"`);
  }
});
