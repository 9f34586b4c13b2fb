/**
 * Spans for whoever registers an OpenTelemetry SDK before the service starts; without one nothing
 * is recorded and nothing is sent.
 */

import { type Attributes, context, SpanStatusCode, trace } from '@opentelemetry/api';

const SCOPE = 'understudy';

/** Runs the work in a span of its own, below the one that is active; what it throws is noted. */
export async function inSpan<T>(
  name: string,
  attributes: Attributes,
  work: () => Promise<T>,
): Promise<T> {
  const span = trace.getTracer(SCOPE).startSpan(name, { attributes });
  try {
    const result = await context.with(trace.setSpan(context.active(), span), work);
    // A word such as the outcome of a step is worth a filter.
    if (typeof result === 'string') span.setAttribute('understudy.outcome', result);
    return result;
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}
