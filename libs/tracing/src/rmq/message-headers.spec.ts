import { propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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
  const more = { constant: theirs, publishedAtMs: 7 };
  expect(withHeaders(packet, ctx, { publishedAtMs: 7 })).toBe(packet);
  expect(withHeaders({ pattern: 'p' }, ctx, more)).toEqual({ pattern: 'p' });
});

describe('the time of the publish', () => {
  const headersOf = (...args: Parameters<typeof withHeaders>) =>
    (withHeaders(...args) as { options: { headers: Record<string, unknown> } }).options.headers;
  const publishedAtMs = 1_795_000_000_123;

  it('goes along when it is told', () => {
    expect(headersOf({ pattern: 'p' }, ctx, { publishedAtMs })['timestamp_in_ms']).toBe(publishedAtMs);
    expect(headersOf({ pattern: 'p' }, ctx)).not.toHaveProperty('timestamp_in_ms');
  });

  it.each([
    ['of the message', { options: { headers: { timestamp_in_ms: 5 } } }, undefined],
    ['of the client', {}, { timestamp_in_ms: 5 }],
  ])('is the one in the headers %s where there is one', (_, packet, constant) => {
    // The client's own Nest adds itself; a copy of it does no harm.
    expect(headersOf(packet, ctx, { constant, publishedAtMs })['timestamp_in_ms']).toBe(5);
  });

  it('stays away with the trace when nothing traces', () => {
    expect(headersOf({}, ROOT_CONTEXT, { publishedAtMs })).toEqual({});
  });
});

it.each(['text', null, undefined, 7])('leaves %s as it is', (packet) => {
  expect(withHeaders(packet, ctx)).toBe(packet);
});
