import { propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTracingHarness } from '../testing/index.js';
import type { TracingHarness } from '../testing/index.js';
import { withHeaders } from './message-headers.js';

let tracing: TracingHarness;
beforeEach(() => {
  tracing = createTracingHarness();
});
afterEach(() => tracing.close());

const ids = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };
const baggage = propagation.createBaggage({ tenant: { value: 't' } });
const ctx = propagation.setBaggage(trace.setSpanContext(ROOT_CONTEXT, ids), baggage);
const theirs = { traceparent: `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01` };

it('adds the context to the headers of a message', () => {
  expect(withHeaders({ pattern: 'p', options: { priority: 1, headers: { own: 1 } } }, ctx)).toEqual({
    pattern: 'p',
    options: {
      priority: 1,
      headers: { own: 1, baggage: 'tenant=t', traceparent: `00-${ids.traceId}-${ids.spanId}-01` },
    },
  });
});

it('adds nothing to a message with a context of its own: ours would be read as a part of it', () => {
  const packet = { pattern: 'p', options: { headers: theirs } };
  expect(withHeaders(packet, ctx)).toEqual({ pattern: 'p', options: { headers: theirs } });
  expect(withHeaders({ pattern: 'p' }, ctx, theirs)).toEqual({ pattern: 'p' });
});

it.each(['text', null, undefined, 7])('leaves %s as it is', (packet) => {
  expect(withHeaders(packet, ctx)).toBe(packet);
});
