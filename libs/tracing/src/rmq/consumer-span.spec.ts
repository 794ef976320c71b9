import { propagation } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TraceContext } from '../core/index.js';
import { createTracingHarness } from '../testing/index.js';
import type { TracingHarness } from '../testing/index.js';
import { createConsumerSpans, isRmqContext } from './consumer-span.js';

let tracing: TracingHarness;
beforeEach(() => {
  tracing = createTracingHarness();
});
afterEach(() => tracing.close());

const sender = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
const message = {
  fields: { exchange: '', routingKey: 'orders', deliveryTag: 7 },
  properties: {
    headers: {
      traceparent: `00-${sender.traceId}-${sender.spanId}-01`,
      baggage: 'tenant=t',
      'distrace-flags': 'express',
    },
  },
};

describe('the span of a handled message', () => {
  it.each([
    [undefined, sender.traceId, sender.spanId, []],
    ['parent', sender.traceId, sender.spanId, []],
    ['link', undefined, undefined, [sender.spanId]],
    ['both', sender.traceId, sender.spanId, [sender.spanId]],
  ] as const)('hangs together with its sender by %s', (consumer, traceId, parentId, links) => {
    const { span, ctx } = createConsumerSpans({ queue: 'orders' }, { consumer })(message);
    span.end();
    const ended = tracing.spans.named('process orders');
    expect(ended.parentSpanContext?.spanId).toBe(parentId);
    expect(ended.spanContext().traceId === sender.traceId).toBe(traceId !== undefined);
    expect(ended.links.map((link) => link.context.spanId)).toEqual(links);
    // What comes along does so in any case.
    expect(propagation.getBaggage(ctx)?.getEntry('tenant')?.value).toBe('t');
    expect(TraceContext.fromOtelContext(ctx).getCurrentSpan().getFlags()).toEqual(['express']);
  });

  it('is a root without links when nothing was sent along', () => {
    createConsumerSpans({ queue: 'orders' }, { consumer: 'both' })({ fields: message.fields }).span.end();
    const ended = tracing.spans.named('process orders');
    expect([ended.parentSpanContext, ended.links]).toEqual([undefined, []]);
  });

  it('says how long the message has waited, when the message says since when', () => {
    const start = createConsumerSpans({ queue: 'orders' }, {});
    const headers = { timestamp_in_ms: 1_795_000_000_000 };
    start({ ...message, properties: { headers } }, 1_795_000_000_250).span.end();
    start({ ...message, properties: { headers: { timestamp_in_ms: 'soon' } } }).span.end();
    start(message).span.end();
    const lags = tracing.spans.ended.map(({ attributes }) => attributes['distrace.rabbitmq.lag_ms']);
    expect(lags).toEqual([250, undefined, undefined]);
  });

  it('is made for RabbitMQ’s context, not for one of another transport', () => {
    expect(isRmqContext({ getMessage: () => message })).toBe(true);
    expect(isRmqContext({ getMessage: () => ({ key: 'kafka', value: {} }) })).toBe(false);
    expect(isRmqContext({ getMessage: () => null })).toBe(false);
    expect(isRmqContext(undefined)).toBe(false);
  });
});
