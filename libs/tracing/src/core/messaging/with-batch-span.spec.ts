import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTracingHarness } from '../../testing/index.js';
import type { TracingHarness } from '../../testing/index.js';
import { withBatchSpan } from './with-batch-span.js';

let tracing: TracingHarness;
beforeEach(() => {
  tracing = createTracingHarness();
});
afterEach(() => {
  vi.useRealTimers();
  return tracing.close();
});

const TRACE = 'a'.repeat(32);
const spanId = (index: number) => (index + 1).toString(16).padStart(16, '0');
const headers = (index: number) => ({ traceparent: `00-${TRACE}-${spanId(index)}-01` });

/** A message as amqplib has it. */
function message(index: number, routingKey = 'orders', exchange = '') {
  return {
    content: Buffer.from('{}'),
    fields: { exchange, routingKey, deliveryTag: index },
    properties: { headers: headers(index) },
  };
}

/** As Nest's: this folder knows it by its name. */
class RmqContext {
  readonly #message: object;

  constructor(inner: object) {
    this.#message = inner;
  }

  getMessage(): object {
    return this.#message;
  }
}

const linkedIds = (name: string) => tracing.spans.named(name).links.map((link) => link.context.spanId);

describe('the span of a batch', () => {
  it('links to every message, whatever form it has, and is below the active span', () => {
    trace.getTracer('app').startActiveSpan('poll', (poll) => {
      const answer = withBatchSpan([message(0), new RmqContext(message(1))], (span) => {
        expect(trace.getActiveSpan()).toBe(span);
        return 'done';
      });
      expect(answer).toBe('done');
      poll.end();
    });
    const span = tracing.spans.named('process orders');
    expect(span.kind).toBe(SpanKind.CONSUMER);
    expect(span.parentSpanContext?.spanId).toBe(tracing.spans.named('poll').spanContext().spanId);
    expect(linkedIds('process orders')).toEqual([spanId(0), spanId(1)]);
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    expect(span.attributes).toEqual({
      'messaging.system': 'rabbitmq',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.batch.message_count': 2,
      'messaging.destination.name': 'orders',
      'messaging.rabbitmq.destination.routing_key': 'orders',
    });
  });

  it('says only what all messages have in common', () => {
    const messages = [message(0, 'orders.new', 'shop'), message(1, 'orders.paid', 'shop')];
    withBatchSpan(messages, { queue: 'billing' }, () => undefined);
    const { attributes } = tracing.spans.named('process billing');
    expect(attributes['messaging.destination.name']).toBe('billing');
    expect(attributes).not.toHaveProperty(['messaging.rabbitmq.destination.routing_key']);
  });

  it('takes exchange, routing key and queue together where all are known', () => {
    const messages = [message(0, 'new', 'shop'), message(1, 'new', 'shop')];
    const options = {
      queue: 'billing-7',
      destinationTemplate: () => 'billing',
      attributes: { 'app.batch': 1 },
    };
    withBatchSpan(messages, options, () => undefined);
    expect(tracing.spans.named('process billing').attributes).toMatchObject({
      'messaging.destination.name': 'shop:new:billing-7',
      'messaging.destination.template': 'billing',
      'messaging.rabbitmq.destination.routing_key': 'new',
      'app.batch': 1,
    });
  });

  it('links header tables, and says the queue it is told', () => {
    withBatchSpan([headers(0), headers(1)], { queue: 'orders' }, () => undefined);
    expect(linkedIds('process orders')).toEqual([spanId(0), spanId(1)]);
  });

  it('counts messages that bring no context, or none that can be read, without a link', () => {
    const trap = new Proxy(
      {},
      {
        get: () => {
          throw new Error('not for you');
        },
      },
    );
    const odd = [{}, { properties: {} }, { traceparent: 'garbage' }, trap, message(3)];
    withBatchSpan(odd, { queue: 'orders' }, () => undefined);
    expect(linkedIds('process orders')).toEqual([spanId(3)]);
    expect(tracing.spans.named('process orders').attributes['messaging.batch.message_count']).toBe(5);
  });

  it('says how long the oldest message has waited', () => {
    vi.useFakeTimers({ now: 1_795_000_000_000, toFake: ['Date'] });
    const waited = (ms: number) => ({ ...headers(0), timestamp_in_ms: Date.now() - ms });
    const old = { ...message(1), properties: { headers: waited(900) } };
    withBatchSpan([waited(20), old, waited(-5), headers(2)], { queue: 'orders' }, () => undefined);
    expect(tracing.spans.named('process orders').attributes['distrace.rabbitmq.lag_ms']).toBe(900);
  });

  it('may be of no messages', () => {
    expect(withBatchSpan([], { queue: 'orders' }, () => 7)).toBe(7);
    expect(tracing.spans.named('process orders').links).toEqual([]);
  });

  it('keeps the last 128 links and counts the others', () => {
    withBatchSpan(
      Array.from({ length: 200 }, (_, index) => message(index)),
      () => undefined,
    );
    const span = tracing.spans.named('process orders');
    expect(linkedIds('process orders')).toEqual(
      Array.from({ length: 128 }, (_, index) => spanId(index + 72)),
    );
    expect(span.droppedLinksCount).toBe(72);
    expect(span.attributes['messaging.batch.message_count']).toBe(200);
  });
});

describe('the work on a batch', () => {
  it('ends the span when its promise settles', async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const answer = withBatchSpan([message(0)], () => promise);
    expect(tracing.spans.ended).toEqual([]);
    resolve('late');
    expect(await answer).toBe('late');
    expect(tracing.spans.named('process orders').status.code).toBe(SpanStatusCode.UNSET);
  });

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new TypeError('broken');
      },
    ],
    ['rejects', () => Promise.reject(new TypeError('broken'))],
  ])('has failed when it %s, and the caller sees the error', async (_how, work) => {
    await expect((async () => withBatchSpan([message(0)], work))()).rejects.toThrow('broken');
    const span = tracing.spans.named('process orders');
    expect(span.status).toEqual({ code: SpanStatusCode.ERROR, message: 'broken' });
    expect(span.attributes['error.type']).toBe('TypeError');
    expect(span.events).toHaveLength(1);
  });
});

it('without an SDK the work is done all the same', async () => {
  await tracing.close();
  expect(withBatchSpan([message(0)], () => 'done')).toBe('done');
});
