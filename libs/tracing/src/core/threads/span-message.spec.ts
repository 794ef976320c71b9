import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTracingHarness } from '../../testing/index.js';
import type { TracingHarness } from '../../testing/index.js';
import { TraceContext } from '../context/trace-context.js';
import { receiveThreadSpans } from './receive-thread-spans.js';
import { spanMessage } from './span-message.js';

let tracing: TracingHarness;
beforeEach(() => {
  tracing = createTracingHarness();
});
afterEach(() => tracing.close());

function goodMessage() {
  const tc = TraceContext.create();
  tc.openNestedSpan('good');
  tc.closeCurrentSpan();
  return structuredClone(spanMessage('end', tracing.spans.named('good')));
}

describe('messages of a worker thread', () => {
  it('make a span when they are whole', () => {
    const good = goodMessage();
    tracing.spans.clear();
    const port = new EventEmitter();
    receiveThreadSpans(port);
    port.emit('message', good);
    expect(tracing.spans.named('good').spanContext()).toEqual(good.span.context);
  });

  it('are left alone when they only look like ours', () => {
    const { span } = goodMessage();
    tracing.spans.clear();
    const port = new EventEmitter();
    receiveThreadSpans(port);
    const kinds = { 'distrace.thread': 'end' };
    for (const bad of [
      kinds,
      { ...kinds, span: null },
      { ...kinds, span: { context: { traceId: 'a', spanId: 'b', traceFlags: 1 } } },
      { ...kinds, span: { ...span, context: { ...span.context, traceId: 'x' } } },
      { ...kinds, span: { ...span, startTime: [Number.NaN, 0] } },
      { ...kinds, span: { ...span, attributes: undefined } },
      { ...kinds, span: { ...span, links: 'none' } },
      'text',
      undefined,
    ]) {
      port.emit('message', bad);
    }
    expect(tracing.spans.ended).toEqual([]);
  });
});
