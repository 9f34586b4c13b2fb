import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { createMetrics } from '../../src/metrics/metrics.ts';
import { createTestClock } from '../fixtures/clock.ts';
import { read } from './repository.ts';

const rows = [
  ...read('docs/reference/metrics.md').matchAll(/^\| `(\w+)` \| (\w+) \|(.*?)\| .+ \|$/gm),
].map(([, name = '', kind = '', labels = '']) => ({
  name,
  kind,
  labels: [...labels.matchAll(/`(\w+)`/g)].map((match) => match[1] ?? '').toSorted(),
}));

const metrics = createMetrics({
  clock: createTestClock(),
  log: pino({ level: 'silent' }),
  version: '1',
});
metrics.close();

test('the metrics page has a row for every metric and for no other', () => {
  assert.deepEqual(rows.map(({ name }) => name).toSorted(), metrics.names());
});

test('the metrics page names the kind and the labels of every metric', () => {
  const registered = metrics.describe();
  const wrong = rows.filter(({ name, kind, labels }) => {
    const known = registered.find((metric) => metric.name === name);
    return known?.kind !== kind || known.labels.join() !== labels.join();
  });
  assert.deepEqual(wrong, []);
});

test('names follow the conventions of Prometheus', () => {
  const odd = metrics.describe().filter(({ name, kind }) => {
    const isOurs = /^(understudy|process|nodejs)_[a-z0-9_]+$/.test(name);
    const isTotal = name.endsWith('_total');
    return !isOurs || isTotal !== (kind === 'counter');
  });
  assert.deepEqual(odd, []);
});
