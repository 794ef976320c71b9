import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTracingHarness } from '../../testing/index.js';
import type { TracingHarness } from '../../testing/index.js';
import { TraceContextManager } from './trace-context-manager.js';
import { TraceContext } from './trace-context.js';

let tracing: TracingHarness;
beforeEach(() => {
  tracing = createTracingHarness();
});
afterEach(() => tracing.close());

class RmqRecord {
  constructor(
    readonly data: unknown,
    public options?: { headers?: Record<string, unknown>; priority?: number },
  ) {}
}

class RmqContext {
  constructor(private readonly message: object) {}
  getMessage(): object {
    return this.message;
  }
}

function openTrace() {
  const tc = TraceContext.create();
  const span = tc.openNestedSpan('here');
  span.addFlag('a,b %').setBinaryAnnotation('size', 12, { carried: true });
  span.setBinaryAnnotation('name', 'zoë 😀', { carried: true });
  return { tc, span };
}

describe('a trace on a carrier', () => {
  it('is the same one on the same object', () => {
    const { tc } = openTrace();
    const task = { text: 'x' };
    tc.attachOnObject(task).attachOnObject(task);
    expect(TraceContext.getFromObject(task)).toBe(tc);
  });

  it.each([
    ['JSON', (value: object) => JSON.parse(JSON.stringify(value)) as object],
    ['structured clone', (value: object) => structuredClone(value)],
    ['a spread', (value: object) => ({ ...value })],
  ])('survives %s with flags and carried annotations', (_, across) => {
    const { tc, span } = openTrace();
    const task = { text: 'x' };
    tc.attachOnObject(task);

    const there = TraceContext.getFromObject(across(task));
    expect(there.getTraceId()).toBe(span.traceId);
    expect(there.getCurrentSpan().spanId).toBe(span.spanId);
    expect(there.getCurrentSpan().getFlags()).toEqual(['a,b %']);
    expect(there.getCurrentSpan().getBinaryAnnotation<number>('size')).toBe(12);
    expect(there.openNestedSpan('there').getBinaryAnnotation('name')).toBe('zoë 😀');
    there.closeCurrentSpan();
    expect(tracing.spans.named('there').parentSpanContext?.spanId).toBe(span.spanId);
    expect(JSON.stringify(tracing.spans.named('there').attributes)).not.toContain('a,b');
  });

  it('speaks of the span that is current when the object is serialised', () => {
    const tc = TraceContext.create();
    const task = {};
    tc.attachOnObject(task);
    const span = tc.openNestedSpan('later');
    expect(JSON.stringify(task)).toContain(span.spanId);
  });

  it('is remembered for a frozen object, in this process', () => {
    const { tc } = openTrace();
    const frozen = Object.freeze({ text: 'x' });
    tc.attachOnObject(frozen);
    expect(TraceContext.getFromObject(frozen)).toBe(tc);
    expect(TraceContext.getFromObjectOrNull({ ...frozen })).toBeNull();
  });

  it('goes into the headers of records, messages and header tables, beside what is there', () => {
    const { tc, span } = openTrace();
    const record = new RmqRecord({}, { headers: { own: '1' }, priority: 3 });
    const message = { content: Buffer.from('{}'), properties: { headers: undefined }, fields: {} };
    const headers: Record<string, unknown> = { own: '1' };
    tc.attachOnObject(record).attachOnObject(message).attachOnObject(headers, { as: 'headers' });

    expect(record.options).toMatchObject({ headers: { own: '1' }, priority: 3 });
    for (const carrier of [
      new RmqRecord({}, structuredClone(record.options)),
      { ...message },
      new RmqContext({ ...message }),
      { ...headers },
      { headers: { ...headers } },
    ]) {
      expect(TraceContext.getFromObject(carrier).getCurrentSpan().spanId).toBe(span.spanId);
    }
  });

  it.each([
    undefined,
    null,
    7,
    'text',
    {},
    { distrace: 'x' },
    { distrace: { traceparent: 'garbage' } },
    { distrace: { traceparent: 12, 'distrace-flags': {}, 'distrace-annotations': '[' } },
    { traceparent: `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01` },
    { getMessage: () => null },
  ])('that has none, or garbage (%j), is a new trace', (carrier) => {
    expect(TraceContext.getFromObjectOrNull(carrier)).toBeNull();
    const fresh = TraceContext.getFromObject(carrier);
    fresh.openNestedSpan('fresh');
    fresh.closeCurrentSpan();
    expect(tracing.spans.named('fresh').parentSpanContext).toBeUndefined();
  });

  it('is read from headers of any case, Buffers and lists', () => {
    const { tc, span } = openTrace();
    const { traceparent = '' } = tc.toHeaders();
    for (const headers of [
      { TraceParent: traceparent },
      { traceparent: Buffer.from(traceparent) },
      { traceparent: [traceparent] },
    ]) {
      expect(TraceContext.fromHeaders(headers)?.getCurrentSpan().spanId).toBe(span.spanId);
    }
  });

  it('is remembered where an object cannot be written, and nothing is thrown', () => {
    const { tc } = openTrace();
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const throwing = {
      get distrace(): never {
        throw new Error('no');
      },
    };
    for (const carrier of [
      new RmqRecord({}, Object.freeze({})),
      Object.defineProperty({}, 'distrace', { value: 1 }),
      proxy,
      throwing,
    ]) {
      expect(() => tc.attachOnObject(carrier)).not.toThrow();
      expect(TraceContext.getFromObject(carrier)).toBe(tc);
    }
    for (const carrier of [
      proxy,
      { ...Object.getOwnPropertyDescriptors(throwing) },
      Object.create(throwing),
    ]) {
      expect(() => TraceContext.getFromObject(carrier)).not.toThrow();
    }
  });

  it('cannot be attached to what is no object', () => {
    const { tc } = openTrace();
    expect(() => tc.attachOnObject('task' as unknown as object)).toThrow(
      expect.objectContaining({ code: 'DT_ERR_CARRIER_EXPECTED' }),
    );
  });
});

describe('TraceContextManager', () => {
  it('attaches to objects and to the current execution', () => {
    const { tc } = openTrace();
    const manager = new TraceContextManager();
    const task = {};
    manager.attachTraceToObject(tc, task);
    expect(manager.getTraceFromObject(task)).toBe(tc);
    expect(manager.getTraceFromThread()).toBeNull();
    const attached = manager.attachTraceToThread(tc);
    expect(manager.getTraceFromThread()).toBe(tc);
    attached[Symbol.dispose]();
    expect(manager.getTraceFromThread()).toBeNull();
  });
});
