import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SpanKind } from '@opentelemetry/api';
import { createTracingHarness } from '../../testing/index.js';
import type { TracingHarness } from '../../testing/index.js';
import { toZipkinSpan } from '../export/index.js';
import { mergeSpans } from '@distrace/zipkin';
import { decodeDetached } from './detached.js';
import { TraceContext } from './trace-context.js';

let tracing: TracingHarness;
beforeEach(() => {
  tracing = createTracingHarness({ serviceName: 'here', endpoint: { ip: '10.0.0.1', port: 80 } });
});
afterEach(() => tracing.close());

describe('a span opened here and closed elsewhere', () => {
  it('is two pieces that Zipkin merges into one', () => {
    const tc = TraceContext.create();
    const parent = tc.openNestedSpan('parent');
    const span = tc
      .openNestedSpan('handed over', { kind: SpanKind.CLIENT })
      .setBinaryAnnotation('work.size', 1);
    const headers = JSON.parse(JSON.stringify(tc.detach())) as Record<string, string>;
    expect(tc.getCurrentSpan()).toBe(parent);
    tc.closeCurrentSpan();

    const there = TraceContext.fromHeaders(headers);
    expect(there?.getCurrentSpan().spanId).toBe(span.spanId);
    there?.closeCurrentSpan({ error: new Error('late') });

    const pieces = tracing.spans.ended.filter((ended) => ended.spanContext().spanId === span.spanId);
    const [opening, closing] = pieces.map((piece) => toZipkinSpan(piece));
    expect(opening).not.toHaveProperty('duration');
    expect(closing).toMatchObject({
      traceId: span.traceId,
      parentId: parent.spanId,
      name: 'handed over',
      kind: 'CLIENT',
      timestamp: opening?.timestamp,
      localEndpoint: { serviceName: 'here', ipv4: '10.0.0.1', port: 80 },
    });
    expect(opening?.localEndpoint).toEqual(closing?.localEndpoint);
    expect(JSON.stringify([opening, closing])).not.toContain('distrace.');

    const merged = mergeSpans([closing, opening].filter((piece) => piece !== undefined));
    expect(merged).toHaveLength(1);
    expect(merged[0]?.duration).toBeGreaterThan(0);
    expect(merged[0]?.tags).toMatchObject({ 'work.size': '1', error: 'late' });
  });

  it('may be a root', () => {
    const tc = TraceContext.create();
    const root = tc.openNestedSpan('root');
    TraceContext.fromHeaders(tc.detach())?.closeCurrentSpan();
    const [opening, closing] = tracing.spans.ended;
    expect(closing?.spanContext()).toMatchObject({ traceId: root.traceId, spanId: root.spanId });
    expect(closing?.parentSpanContext).toBeUndefined();
    expect(closing?.startTime).toEqual(opening?.startTime);
  });

  it('has nested spans there', () => {
    const tc = TraceContext.create();
    const span = tc.openNestedSpan('handed over');
    const there = TraceContext.getFromObject({ headers: tc.detach() });
    there.openNestedSpan('below');
    there.closeCurrentSpan().closeCurrentSpan();
    expect(tracing.spans.named('below').parentSpanContext?.spanId).toBe(span.spanId);
  });
});

describe('decodeDetached', () => {
  it('takes no time that no span can have', () => {
    const startTime = [Number.MAX_SAFE_INTEGER, 0];
    expect(decodeDetached(JSON.stringify({ name: 'x', kind: 0, startTime }))).toBeUndefined();
    expect(decodeDetached(JSON.stringify({ name: 'x', kind: 0, startTime: [1, 2] }))).toBeDefined();
  });

  it.each([
    undefined,
    '',
    '%',
    '{}',
    'null',
    '%7B%22name%22%3A1%7D',
    '{"name":"x","kind":99,"startTime":[1,2]}',
  ])('answers undefined for %j', (text) => {
    expect(decodeDetached(text)).toBeUndefined();
  });
});
