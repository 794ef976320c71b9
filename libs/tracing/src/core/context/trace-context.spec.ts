import { context, trace } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTracingHarness } from '../../testing/index.js';
import type { TracingHarness } from '../../testing/index.js';
import { TraceContext } from './trace-context.js';

let tracing: TracingHarness;
beforeEach(() => {
  tracing = createTracingHarness();
});
afterEach(() => tracing.close());

function parentOf(name: string): string | undefined {
  return tracing.spans.named(name).parentSpanContext?.spanId;
}

describe('TraceContext', () => {
  it('opens nested spans and closes them last first', () => {
    const tc = TraceContext.create();
    const outer = tc.openNestedSpan('outer');
    const inner = tc.openNestedSpan('inner');
    expect(tc.getCurrentSpan()).toBe(inner);
    tc.closeCurrentSpan();
    expect(tc.getCurrentSpan()).toBe(outer);
    tc.closeCurrentSpan();

    expect(tracing.spans.ended.map((span) => span.name)).toEqual(['inner', 'outer']);
    expect(parentOf('outer')).toBeUndefined();
    expect(parentOf('inner')).toBe(outer.spanId);
  });

  it('gives the trace id that it told before its first span to that span', () => {
    const tc = TraceContext.create();
    const traceId = tc.getTraceId();
    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(tc.openNestedSpan('root').traceId).toBe(traceId);
    expect(tc.closeCurrentSpan().getTraceId()).toBe(traceId);
  });

  it('ignores a close that has nothing to close', () => {
    const tc = TraceContext.create();
    expect(() => tc.closeCurrentSpan().closeCurrentSpan()).not.toThrow();
    expect(tracing.spans.ended).toEqual([]);
  });

  it('does not close the span it stands on', () => {
    const span = trace.getTracer('app').startSpan('request');
    context.with(trace.setSpan(context.active(), span), () => {
      TraceContext.current().closeCurrentSpan();
    });
    expect(span.isRecording()).toBe(true);
    span.end();
  });

  it('is the current one inside run, also after an await', async () => {
    const tc = TraceContext.create();
    tc.openNestedSpan('work');
    expect(TraceContext.currentOrNull()).toBeNull();
    await tc.run(async () => {
      expect(TraceContext.current()).toBe(tc);
      await Promise.resolve();
      expect(TraceContext.current()).toBe(tc);
      expect(trace.getActiveSpan()).toBe(tc.getCurrentSpan().otelSpan);
    });
    expect(TraceContext.currentOrNull()).toBeNull();
    tc.closeCurrentSpan();
  });

  it('stands on a span that was started by hand inside run', () => {
    const tc = TraceContext.create();
    tc.openNestedSpan('outer');
    tc.run(() =>
      trace.getTracer('app').startActiveSpan('by hand', (span) => {
        TraceContext.current().openNestedSpan('below');
        TraceContext.current();
        span.end();
      }),
    );
    const below = tracing.spans.started.find((span) => span.name === 'below');
    expect(below?.parentSpanContext?.spanId).toBe(tracing.spans.named('by hand').spanContext().spanId);
  });

  it('attached to the current execution, follows its spans until it is disposed', async () => {
    const tc = TraceContext.create();
    await context.with(context.active(), async () => {
      const attached = tc.attachToCurrentAsync();
      const outer = tc.openNestedSpan('outer');
      expect(trace.getActiveSpan()).toBe(outer.otelSpan);
      await Promise.resolve();
      const inner = tc.openNestedSpan('inner');
      expect(trace.getActiveSpan()).toBe(inner.otelSpan);
      tc.closeCurrentSpan();
      expect(trace.getActiveSpan()).toBe(outer.otelSpan);
      tc.closeCurrentSpan();
      attached[Symbol.dispose]();
      attached[Symbol.dispose]();
      expect(TraceContext.currentOrNull()).toBeNull();
    });
  });

  it('gives 50 parallel copies spans of their own below the same parent', () => {
    const tc = TraceContext.create();
    const root = tc.openNestedSpan('root');
    const copies = Array.from({ length: 50 }, () => tc.copy());
    const ids = copies.map((copy) => copy.openNestedSpan('part').spanId);
    for (const copy of copies) copy.closeCurrentSpan();
    tc.closeCurrentSpan();
    expect(new Set(ids).size).toBe(50);
    const parts = tracing.spans.ended.filter((span) => span.name === 'part');
    expect(new Set(parts.map((span) => span.parentSpanContext?.spanId))).toEqual(new Set([root.spanId]));
  });

  it('records the error a span is closed with', () => {
    const tc = TraceContext.create();
    tc.openNestedSpan('work');
    tc.closeCurrentSpan({ error: new TypeError('no such thing') });
    const span = tracing.spans.named('work');
    expect(span.status).toEqual({ code: 2, message: 'no such thing' });
    expect(span.attributes['error.type']).toBe('TypeError');
    expect(span.events.map((event) => event.name)).toEqual(['exception']);
  });
});

describe('TraceSpan', () => {
  it('keeps annotations with their time and endpoint', () => {
    const tc = TraceContext.create();
    const span = tc.openNestedSpan('work');
    span.addAnnotation('received', 1_700_000_000_000);
    span.addAnnotation('sent', { endpoint: { ip: '10.0.0.1', port: 7, serviceName: 'other' } });
    span.setEndpoint({ ip: '10.0.0.2', port: 8 });
    tc.closeCurrentSpan();
    const { events, attributes } = tracing.spans.named('work');
    expect(events[0]).toMatchObject({ name: 'received', time: [1_700_000_000, 0] });
    expect(events[1]?.attributes).toEqual({
      'network.local.address': '10.0.0.1',
      'network.local.port': 7,
      'service.name': 'other',
    });
    expect(attributes).toEqual({ 'network.local.address': '10.0.0.2', 'network.local.port': 8 });
  });

  it('reads binary annotations back in the type they were set with', () => {
    const span = TraceContext.create().openNestedSpan('work');
    span.setBinaryAnnotation('text', 'a').setBinaryAnnotation('bytes', 12).setBinaryAnnotation('ok', false);
    expect(span.getBinaryAnnotation<number>('bytes')).toBe(12);
    expect(span.getBinaryAnnotation('text')).toBe('a');
    expect(span.getBinaryAnnotation('ok')).toBe(false);
    expect(span.hasBinaryAnnotation('ok')).toBe(true);
    expect(span.hasBinaryAnnotation('absent')).toBe(false);
  });

  it('hands flags down to nested spans, not up', () => {
    const tc = TraceContext.create();
    const outer = tc.openNestedSpan('outer').addFlag('slow path');
    const inner = tc.openNestedSpan('inner').addFlag('below');
    expect(inner.getFlags()).toEqual(['slow path', 'below']);
    expect(outer.getFlags()).toEqual(['slow path']);
    inner.removeFlag('slow path');
    expect(outer.hasFlag('slow path')).toBe(true);
  });

  it('leaves out flags and carried annotations over the caps', () => {
    const span = TraceContext.create().openNestedSpan('work');
    for (let i = 0; i < 50; i++) span.addFlag(`flag ${i}`);
    span.addFlag('x'.repeat(65)).addFlag('');
    expect(span.getFlags()).toHaveLength(32);
    const tc = TraceContext.create();
    tc.openNestedSpan('big').setBinaryAnnotation('big', 'x'.repeat(5000), { carried: true });
    expect(tc.toHeaders()['distrace-annotations']).toBeUndefined();
  });
});

describe('without an SDK', () => {
  beforeEach(() => tracing.close());

  it('does nothing, and says nothing', () => {
    const tc = TraceContext.current();
    const span = tc.openNestedSpan('work').addFlag('a').addAnnotation('b').setBinaryAnnotation('c', 1);
    expect(span.otelSpan.isRecording()).toBe(false);
    const task = {};
    tc.attachOnObject(task);
    expect(JSON.stringify(task)).not.toContain('traceparent');
    expect(TraceContext.getFromObject(structuredClone(task)).openNestedSpan('there').traceId).toBe(
      '0'.repeat(32),
    );
    expect(tc.run(() => 1)).toBe(1);
    tc.closeCurrentSpan();
  });
});
