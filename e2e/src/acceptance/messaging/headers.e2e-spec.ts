import { createTracingHarness, expectTrace } from '@distrace/tracing/testing';
import type { TracingHarness } from '@distrace/tracing/testing';
import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, RmqContext, RmqRecordBuilder } from '@nestjs/microservices';
import { context, propagation } from '@opentelemetry/api';
import type { MessageProperties } from 'amqplib';
import { firstValueFrom } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startApp } from '../support/app.ts';
import type { StartedApp } from '../support/app.ts';
import { eventBody, openChannel } from '../support/channel.ts';
import { endedSpan, inSpan } from '../support/spans.ts';

const trace = { traceId: 'a1'.repeat(16), spanId: 'b2'.repeat(8) };
const TRACEPARENT = `00-${trace.traceId}-${trace.spanId}-01`;

/** What each message had beside its body when it came from the broker, and the baggage it was handled with. */
interface Received {
  readonly properties: MessageProperties;
  readonly baggage: Record<string, string>;
}
let received: Received[] = [];

@Controller()
class Handler {
  @EventPattern<string>('event')
  onEvent(@Ctx() ctx: RmqContext): void {
    const entries = propagation.getActiveBaggage()?.getAllEntries() ?? [];
    received.push({
      properties: (ctx.getMessage() as { properties: MessageProperties }).properties,
      baggage: Object.fromEntries(entries.map(([key, { value }]) => [key, value])),
    });
  }
}

let tracing: TracingHarness;
beforeEach(() => {
  received = [];
  tracing = createTracingHarness();
});
afterEach(() => tracing.close());

const emit = (app: StartedApp, data: unknown) =>
  firstValueFrom(app.client.emit('event', data), { defaultValue: undefined });

/** RabbitMQ's header values are of many types, the type that Nest gives them knows only text. */
const asNestHas = (headers: object) => headers as Record<string, string>;

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) {
    if (typeof part === 'object' && part !== null) deepFreeze(part as object);
  }
  return Object.freeze(value);
}

/** Publishes as a program that knows nothing of us does; answers the span it was handled in. */
async function publishForeign(app: StartedApp, headers: Record<string, unknown>) {
  await using foreign = await openChannel();
  foreign.channel.sendToQueue(app.queue, eventBody('event'), { headers });
  await foreign.channel.waitForConfirms();
  const span = await endedSpan(tracing, `process ${app.queue}`);
  tracing.spans.clear();
  return span;
}

describe('headers', () => {
  it('13: a record’s own headers and properties reach the wire, and the record stays as it was', async () => {
    await using app = await startApp({
      controllers: [Handler],
      rmq: { queueOptions: { durable: false, autoDelete: true, arguments: { 'x-max-priority': 5 } } },
    });
    const headers = { a: 1, text: 'ü', nested: { list: [1, 'two'] } };
    const build = () =>
      new RmqRecordBuilder({ id: 7 })
        .setOptions({ headers: asNestHas(headers), priority: 3, messageId: 'm-1', expiration: '60000' })
        .build();
    const record = deepFreeze(build());
    await emit(app, record);
    await endedSpan(tracing, `process ${app.queue}`);
    const [{ properties }] = received as [Received];
    expect(properties).toMatchObject({ priority: 3, messageId: 'm-1', expiration: '60000' });
    expect(properties.headers).toEqual({
      ...headers,
      traceparent: expect.any(String) as string,
      timestamp_in_ms: expect.any(Number) as number,
    });
    expect(record).toEqual(build());
  });

  it('14: a user’s own traceparent stays, the producer span points to it, the message belongs to it', async () => {
    await using app = await startApp({ controllers: [Handler] });
    const headers = { traceparent: TRACEPARENT };
    await inSpan('caller', () => emit(app, new RmqRecordBuilder({}).setOptions({ headers }).build()));
    const processed = await endedSpan(tracing, `process ${app.queue}`);
    const sent = await endedSpan(tracing, `send ${app.queue}`);
    expect(received[0]?.properties.headers).toEqual(headers);
    expect(sent.links.map(({ context: to }) => to)).toEqual([expect.objectContaining(trace)]);
    expect(sent.parentSpanContext?.spanId).toBe(tracing.spans.named('caller').spanContext().spanId);
    expect(processed.parentSpanContext).toMatchObject(trace);
  });

  it('14: a traceparent among the constant headers of a client stays as well', async () => {
    const headers = { traceparent: TRACEPARENT, tenant: 'acme' };
    await using app = await startApp({ controllers: [Handler], clientRmq: { headers } });
    await emit(app, {});
    const processed = await endedSpan(tracing, `process ${app.queue}`);
    const sent = await endedSpan(tracing, `send ${app.queue}`);
    expect(received[0]?.properties.headers).toEqual(headers);
    expect(sent.links.map(({ context: to }) => to)).toEqual([expect.objectContaining(trace)]);
    expect(processed.parentSpanContext).toMatchObject(trace);
  });

  it('15: values come as text, as bytes and in lists', async () => {
    await using app = await startApp({ controllers: [Handler] });
    for (const value of [TRACEPARENT, Buffer.from(TRACEPARENT), [TRACEPARENT], [Buffer.from(TRACEPARENT)]]) {
      const span = await publishForeign(app, { traceparent: value });
      expect(span.parentSpanContext).toMatchObject(trace);
    }
  });

  it('15: what is malformed begins a new trace, and the message is handled', async () => {
    await using app = await startApp({ controllers: [Handler] });
    const malformed = [
      '',
      'garbage',
      TRACEPARENT.slice(0, -4),
      TRACEPARENT.replace('00-', 'ff-'),
      `00-${'0'.repeat(32)}-${trace.spanId}-01`,
      `00-${trace.traceId}-${'0'.repeat(16)}-01`,
      7,
      true,
      null,
      [],
      [[]],
      { nested: TRACEPARENT },
      Buffer.from([0xff, 0xfe, 0x00]),
    ];
    for (const traceparent of malformed) {
      const span = await publishForeign(app, { traceparent, baggage: 7, tracestate: {} });
      expect(span.parentSpanContext, JSON.stringify(traceparent)).toBeUndefined();
      expect(span.spanContext().traceId).not.toBe(trace.traceId);
      expect(span.status).toEqual({ code: 0 });
    }
    expect(received).toHaveLength(malformed.length);
  });

  describe('of B3', () => {
    const { traceId, spanId } = trace;
    const single = { b3: `${traceId}-${spanId}-1` };
    const multi = { 'X-B3-TraceId': traceId, 'X-B3-SpanId': spanId, 'X-B3-Sampled': '1' };
    const bytes = (table: object) =>
      Object.fromEntries(Object.entries(table).map(([key, value]) => [key, Buffer.from(String(value))]));

    beforeEach(async () => {
      await tracing.close();
      tracing = createTracingHarness({ propagation: ['tracecontext', 'baggage', 'b3', 'b3multi'] });
    });

    it.each([
      ['one header', single],
      ['several headers', multi],
      ['one header, as bytes', bytes(single)],
      ['several headers, as bytes', bytes(multi)],
    ])('15: of a foreign producer, in %s', async (_, headers) => {
      await using app = await startApp({ controllers: [Handler] });
      expect((await publishForeign(app, headers)).parentSpanContext).toMatchObject(trace);
    });

    it.each([
      { b3: 'garbage' },
      { b3: `${traceId}-${spanId}-1`.slice(8, -8) },
      { b3: 7 },
      { 'X-B3-TraceId': 'xyz', 'X-B3-SpanId': spanId },
      { 'X-B3-TraceId': traceId },
      { 'X-B3-TraceId': {}, 'X-B3-SpanId': [] },
    ])('15: malformed begins a new trace: %j', async (headers) => {
      await using app = await startApp({ controllers: [Handler] });
      expect((await publishForeign(app, headers)).parentSpanContext).toBeUndefined();
    });

    it('15: goes out beside W3C, both forms of it', async () => {
      await using app = await startApp({ controllers: [Handler] });
      await emit(app, {});
      await endedSpan(tracing, `process ${app.queue}`);
      const sent = (await endedSpan(tracing, `send ${app.queue}`)).spanContext();
      expect(received[0]?.properties.headers).toEqual({
        traceparent: `00-${sent.traceId}-${sent.spanId}-01`,
        b3: `${sent.traceId}-${sent.spanId}-1`,
        'x-b3-traceid': sent.traceId,
        'x-b3-spanid': sent.spanId,
        'x-b3-sampled': '1',
        timestamp_in_ms: expect.any(Number) as number,
      });
    });
  });

  it('15: of B3 nothing is read unless asked for', async () => {
    await using app = await startApp({ controllers: [Handler] });
    const span = await publishForeign(app, { b3: `${trace.traceId}-${trace.spanId}-1` });
    expect(span.parentSpanContext).toBeUndefined();
  });

  it.each(['parent', 'link', 'both'] as const)(
    '16: baggage comes along with consumer: %s',
    async (consumer) => {
      await using app = await startApp({ controllers: [Handler], tracing: { messaging: { consumer } } });
      const baggage = propagation.createBaggage({ tenant: { value: 'ä=, ;' }, order: { value: '7' } });
      await context.with(propagation.setBaggage(context.active(), baggage), () => emit(app, {}));
      await endedSpan(tracing, `process ${app.queue}`);
      expect(received.map((one) => one.baggage)).toEqual([{ tenant: 'ä=, ;', order: '7' }]);
    },
  );

  it('16: 70 KiB of baggage do not keep a message from being sent, nor from its trace', async () => {
    await using app = await startApp({ controllers: [Handler] });
    const entries = Array.from({ length: 70 }, (_, i) => [`key${i}`, { value: 'x'.repeat(1024) }] as const);
    const baggage = propagation.createBaggage(Object.fromEntries(entries));
    // With and without headers that take most of what amqplib can send.
    const tables: readonly Record<string, string>[] = [{}, { own: 'y'.repeat(58 * 1024) }];
    for (const headers of tables) {
      const record = new RmqRecordBuilder({}).setOptions({ headers }).build();
      await context.with(propagation.setBaggage(context.active(), baggage), () => emit(app, record));
      await endedSpan(tracing, `process ${app.queue}`);
      await endedSpan(tracing, `send ${app.queue}`);
      expectTrace(tracing.spans.ended).toHaveTree(`
        PRODUCER send ${app.queue}
          CONSUMER process ${app.queue}
      `);
      expect(received.at(-1)?.properties.headers).toMatchObject(headers);
      tracing.spans.clear();
    }
  });

  it('16: the constant headers of a client count, too', async () => {
    const own = 'y'.repeat(58 * 1024);
    await using app = await startApp({ controllers: [Handler], clientRmq: { headers: { own } } });
    const big = propagation.createBaggage({
      tenant: { value: 'x'.repeat(4000) },
      more: { value: 'x'.repeat(3900) },
    });
    await context.with(propagation.setBaggage(context.active(), big), () => emit(app, {}));
    await endedSpan(tracing, `process ${app.queue}`);
    expect(received[0]?.properties.headers).toMatchObject({ own });
  });
});
