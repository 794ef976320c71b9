import { ServerRMQ } from '@nestjs/microservices';
import { context, SpanStatusCode } from '@opentelemetry/api';
import { of } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTracingHarness } from '../testing/index.js';
import type { TracingHarness } from '../testing/index.js';
import { createConsumerSpans } from './consumer-span.js';
import type { Handling, RmqContextLike } from './consumer-span.js';
import { beginHandling, endHandling, handlingOf } from './handlings.js';
import { usedBytes } from './used-bytes.spec.helper.js';
import { traceUnmatched } from './unmatched.js';
import type { PatternServer } from './unmatched.js';

const SENDER = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
const silent = { log: vi.fn<() => void>(), warn: vi.fn<() => void>(), error: vi.fn<() => void>() };

let tracing: TracingHarness;
beforeEach(() => {
  tracing = createTracingHarness();
});
afterEach(() => tracing.close());

/** A server on a queue, with a handler for the pattern `known`, whose broker is a pair of stubs. */
function serve({ noAck = false, wildcards = false } = {}) {
  const server = new ServerRMQ({ queue: 'orders', noAck, wildcards });
  const channel = { nack: vi.fn<() => void>(), sendToQueue: vi.fn<() => void>() };
  Object.assign(server, { channel, logger: silent });
  server.addHandler('known', () => Promise.resolve(of('answer')), false);
  server.addHandler('event', () => Promise.resolve(of('done')), true);
  const startConsumer = createConsumerSpans({ queue: 'orders' }, {});
  server.setOnProcessingStartHook((_transport, rpcContext, done) => {
    const handling = startConsumer((rpcContext as RmqContextLike).getMessage());
    beginHandling(rpcContext as object, handling);
    return context.with(handling.ctx, done);
  });
  server.setOnProcessingEndHook((_transport, rpcContext) => endHandling(handlingOf(rpcContext) as Handling));
  traceUnmatched(server as unknown as PatternServer, startConsumer);
  const receive = (content: string, properties = {}) =>
    server.handleMessage(
      {
        content: Buffer.from(content),
        fields: { exchange: '', routingKey: 'orders', deliveryTag: 7 },
        properties: { headers: { traceparent: `00-${SENDER.traceId}-${SENDER.spanId}-01` }, ...properties },
      },
      channel,
    );
  return { server, channel, receive };
}

const request = { replyTo: 'amq.rabbitmq.reply-to.x', correlationId: 'c' };

describe('a message that no handler takes', () => {
  it.each([false, true])('is a failed span in the trace of its sender, noAck: %s', async (noAck) => {
    const { receive, channel } = serve({ noAck });
    await receive(JSON.stringify({ pattern: 'nobody', data: 1 }));
    const span = tracing.spans.named('process orders');
    expect(tracing.spans.started).toHaveLength(1);
    expect(span.parentSpanContext).toMatchObject(SENDER);
    expect(span.status).toEqual({
      code: SpanStatusCode.ERROR,
      message: 'no handler takes this pattern',
    });
    expect(span.attributes).toMatchObject({
      'messaging.destination.name': 'orders',
      'messaging.rabbitmq.message.delivery_tag': 7,
      'error.type': 'unmatched_pattern',
      'distrace.rabbitmq.pattern': 'nobody',
    });
    expect(channel.nack).toHaveBeenCalledTimes(noAck ? 0 : 1);
  });

  it.each([false, true])('is one when it asks for an answer, too, noAck: %s', async (noAck) => {
    const { receive, channel } = serve({ noAck });
    await receive(JSON.stringify({ pattern: { cmd: 'nobody' }, data: 1, id: '1' }), request);
    expect(tracing.spans.started).toHaveLength(1);
    expect(tracing.spans.named('process orders').attributes['distrace.rabbitmq.pattern']).toBe(
      '{"cmd":"nobody"}',
    );
    expect(channel.sendToQueue).toHaveBeenCalledTimes(1);
    expect(channel.nack).toHaveBeenCalledTimes(noAck ? 0 : 1);
  });

  it.each(['', 'no JSON', 'null', '5', '[]', '{}', '{"data":{}}', '{"pattern":null}', '{"pattern":["x"]}'])(
    'is one when its body is %j',
    async (body) => {
      const { receive } = serve();
      await receive(body);
      expect(tracing.spans.started).toHaveLength(1);
      expect(tracing.spans.named('process orders').attributes['error.type']).toBe('unmatched_pattern');
    },
  );

  it('does not fill its span with a long pattern, nor name it after one', async () => {
    const { receive } = serve();
    await receive(JSON.stringify({ pattern: 'x'.repeat(100_000) }));
    expect(tracing.spans.named('process orders').attributes['distrace.rabbitmq.pattern']).toHaveLength(256);
  });

  it('does not keep the rest of a long pattern in memory', () => {
    const server: PatternServer = { queue: 'orders', handleEvent: () => undefined };
    traceUnmatched(server, createConsumerSpans({ queue: 'orders' }, {}));
    const message = { fields: { exchange: '', routingKey: 'orders', deliveryTag: 1 }, properties: {} };
    const before = usedBytes();
    for (let index = 0; index < 40; index++) {
      const pattern = Buffer.alloc(2 ** 20, `pattern ${index}`).toString();
      server.handleEvent?.(pattern, {}, { getMessage: () => message });
    }
    expect(usedBytes() - before).toBeLessThan(10 * 2 ** 20);
    expect(tracing.spans.started).toHaveLength(40);
  });

  it('is one with wildcards, too', async () => {
    const { receive } = serve({ wildcards: true });
    await receive(JSON.stringify({ pattern: 'nobody.here' }));
    expect(tracing.spans.started).toHaveLength(1);
  });
});

describe('a message that a handler takes', () => {
  it.each([
    [{ pattern: 'event', data: 1 }, {}],
    [{ pattern: 'known', data: 1, id: '1' }, request],
  ])('has its one span and costs no look-up: %j', async (packet, properties) => {
    const { server, receive } = serve();
    const lookUp = vi.spyOn(server, 'getHandlerByPattern');
    await receive(JSON.stringify(packet), properties);
    await vi.waitFor(() => expect(tracing.spans.named('process orders').status.code).toBe(0));
    // Nest's own, once for a request and twice for an event.
    expect(lookUp.mock.calls.length).toBe('id' in packet ? 1 : 2);
  });

  it('is not reported when a hook puts ours off', async () => {
    const { server, receive } = serve();
    const ours = (server as unknown as { onProcessingStartHook: (...args: unknown[]) => unknown })
      .onProcessingStartHook;
    server.setOnProcessingStartHook(async (...args) => {
      await Promise.resolve();
      return ours(...args);
    });
    await receive(JSON.stringify({ pattern: 'event', data: 1 }));
    await vi.waitFor(() => expect(tracing.spans.named('process orders').status.code).toBe(0));
  });
});

it('a server of another transport is left alone', () => {
  const server = { handleEvent: () => undefined };
  const { handleEvent } = server;
  traceUnmatched(server, () => {
    throw new Error('never');
  });
  expect(server.handleEvent).toBe(handleEvent);
});

it('what cannot be traced is handled by Nest all the same', async () => {
  const nack = vi.fn<() => void>();
  const server = new ServerRMQ({ queue: 'orders', noAck: false });
  Object.assign(server, { channel: { nack }, logger: silent });
  traceUnmatched(server as unknown as PatternServer, () => {
    throw new Error('broken');
  });
  await server.handleMessage({ content: Buffer.from('x'), fields: {}, properties: {} }, {});
  expect(nack).toHaveBeenCalledTimes(1);
});
