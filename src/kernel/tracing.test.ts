import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Tracer, trace } from '@opentelemetry/api';
import { inSpan } from './tracing.ts';

test('without an SDK the work is all that happens', async () => {
  assert.equal(await inSpan('a step', {}, async () => 'done'), 'done');
});

test('with an SDK each work is a span that ends, with its outcome or its failure', async (t) => {
  const heard: string[] = [];
  const startSpan: Tracer['startSpan'] = (name, options) => {
    heard.push(`${name} ${JSON.stringify(options?.attributes)}`);
    const span = trace.wrapSpanContext({ traceId: '1', spanId: '2', traceFlags: 1 });
    span.setAttribute = (key, value) => {
      heard.push(`${key} ${value}`);
      return span;
    };
    span.setStatus = ({ code }) => {
      heard.push(`status ${code}`);
      return span;
    };
    span.end = () => void heard.push('ended');
    return span;
  };
  const startActiveSpan = () => {
    throw new Error('spans are made active by us');
  };
  trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan, startActiveSpan }) });
  t.after(() => trace.disable());
  await inSpan('step inspect', { 'understudy.task_id': 'task_1' }, async () => 'done');
  await assert.rejects(inSpan('step store', {}, () => Promise.reject(new Error('no disk'))));
  assert.deepEqual(heard, [
    'step inspect {"understudy.task_id":"task_1"}',
    'understudy.outcome done',
    'ended',
    'step store {}',
    'status 2',
    'ended',
  ]);
});
