import { createTracingHarness, expectTrace } from '@distrace/tracing/testing';
import type { TracingHarness } from '@distrace/tracing/testing';
import { Controller, Inject } from '@nestjs/common';
import { ClientProxy, Ctx, EventPattern, RmqContext, RmqRecordBuilder } from '@nestjs/microservices';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Channel, ConsumeMessage } from 'amqplib';
import { firstValueFrom } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newQueue, startApp } from '../support/app.ts';
import type { StartedApp } from '../support/app.ts';
import { openChannel } from '../support/channel.ts';
import { endedSpan, endedSpans } from '../support/spans.ts';

const emitted = { defaultValue: undefined };
const emit = (app: StartedApp) => firstValueFrom(app.client.emit('job', {}), emitted);
const channelOf = (ctx: RmqContext) => ctx.getChannelRef() as Channel;
const messageOf = (ctx: RmqContext) => ctx.getMessage() as ConsumeMessage;

const noAck = { noAck: false };

let tracing: TracingHarness;
beforeEach(() => {
  tracing = createTracingHarness();
});
afterEach(() => tracing.close());

/** What spans say about earlier deliveries, in the order of the deliveries. */
function deliveries(spans: readonly ReadableSpan[]) {
  // But how long the message has waited: that is another matter.
  const own = /^distrace\.rabbitmq\.(?!lag_ms$)(.*)$/;
  return spans
    .filter(({ name }) => name.startsWith('process '))
    .map(({ attributes }) =>
      Object.fromEntries(
        Object.entries(attributes).flatMap(([key, value]) => {
          const name = own.exec(key)?.[1];
          return name === undefined ? [] : [[name, value]];
        }),
      ),
    );
}

/** Puts a message back into the queue until it has come the third time. */
@Controller()
class Third {
  private attempts = 0;

  @EventPattern<string>('job')
  onJob(@Ctx() ctx: RmqContext): void {
    this.attempts += 1;
    if (this.attempts < 3) channelOf(ctx).nack(messageOf(ctx), false, true);
    else channelOf(ctx).ack(messageOf(ctx));
  }
}

describe('a message that comes again', () => {
  it('21: after a requeue on a classic queue is told redelivered, below the same producer', async () => {
    await using app = await startApp({ controllers: [Third], rmq: noAck });
    await emit(app);
    const spans = await endedSpans(tracing, 4);
    expectTrace(spans).toHaveTree(`
      PRODUCER send ${app.queue}
        CONSUMER process ${app.queue}
        CONSUMER process ${app.queue}
        CONSUMER process ${app.queue}
    `);
    expect(deliveries(spans)).toEqual([{}, { redelivered: true }, { redelivered: true }]);
  });

  it('21: with consumer: link each delivery is a trace of its own that points to the producer', async () => {
    await using app = await startApp({
      controllers: [Third],
      rmq: noAck,
      tracing: { messaging: { consumer: 'link' } },
    });
    await emit(app);
    const spans = await endedSpans(tracing, 4);
    const sent = tracing.spans.named(`send ${app.queue}`).spanContext().spanId;
    const processed = spans.filter(({ name }) => name.startsWith('process '));
    expect(deliveries(spans)).toEqual([{}, { redelivered: true }, { redelivered: true }]);
    expect(processed.map(({ parentSpanContext }) => parentSpanContext)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(processed.map(({ links }) => links.map(({ context }) => context.spanId))).toEqual([
      [sent],
      [sent],
      [sent],
    ]);
    expect(new Set(spans.map((span) => span.spanContext().traceId)).size).toBe(4);
  });

  it.each(['parent', 'link', 'both'] as const)(
    '22: is counted on a quorum queue, and told from where and why it died, with consumer: %s',
    async (consumer) => {
      @Controller()
      class Refusing {
        @EventPattern<string>('job')
        onJob(@Ctx() ctx: RmqContext): void {
          channelOf(ctx).nack(messageOf(ctx), false, true);
        }
      }

      @Controller()
      class Undertaker {
        @EventPattern<string>('job')
        onDead(@Ctx() ctx: RmqContext): void {
          channelOf(ctx).ack(messageOf(ctx));
        }
      }

      const [queue, dead] = [newQueue(), newQueue()];
      const options = { tracing: { messaging: { consumer } } };
      {
        await using undertaker = await startApp({
          ...options,
          controllers: [Undertaker],
          rmq: { ...noAck, queue: dead, queueOptions: { durable: true } },
        });
        await using app = await startApp({
          ...options,
          controllers: [Refusing],
          rmq: {
            ...noAck,
            queue,
            persistent: true,
            queueOptions: {
              durable: true,
              arguments: {
                'x-queue-type': 'quorum',
                'x-delivery-limit': 2,
                'x-dead-letter-exchange': '',
                'x-dead-letter-routing-key': undertaker.queue,
              },
            },
          },
        });
        await emit(app);
        const buried = await endedSpan(tracing, `process ${dead}`);
        const sent = await endedSpan(tracing, `send ${queue}`);
        expect(deliveries(tracing.spans.ended)).toEqual([
          {},
          { redelivered: true, delivery_count: 1 },
          { redelivered: true, delivery_count: 2 },
          { 'death.reason': 'delivery_limit', 'death.queue': queue, 'death.count': 1 },
        ]);
        const original = sent.spanContext();
        const inOriginal = buried.spanContext().traceId === original.traceId;
        expect(inOriginal).toBe(consumer !== 'link');
        expect(buried.parentSpanContext?.spanId).toBe(consumer === 'link' ? undefined : original.spanId);
        expect(buried.links.map(({ context }) => context.spanId)).toEqual(
          consumer === 'parent' ? [] : [original.spanId],
        );
      }
      await using broker = await openChannel();
      await broker.channel.deleteQueue(queue);
      await broker.channel.deleteQueue(dead);
    },
  );

  it('23: sent again by its handler with its headers stays in its trace, an attempt more', async () => {
    @Controller()
    class Retrying {
      constructor(@Inject('CLIENT') private readonly client: ClientProxy) {}

      @EventPattern<string>('job')
      async onJob(@Ctx() ctx: RmqContext): Promise<void> {
        const { headers = {} } = messageOf(ctx).properties;
        const attempt = Number(headers['x-attempt'] ?? 1);
        if (attempt === 3) return;
        const again = { ...headers, 'x-attempt': attempt + 1 } as unknown as Record<string, string>;
        const record = new RmqRecordBuilder({}).setOptions({ headers: again }).build();
        await firstValueFrom(this.client.emit('job', record), emitted);
      }
    }

    await using app = await startApp({ controllers: [Retrying] });
    await emit(app);
    // Each attempt is below the first producer, whose context its headers have; each retry points there, too.
    expectTrace(await endedSpans(tracing, 6)).toHaveTree(`
      PRODUCER send ${app.queue}
        CONSUMER process ${app.queue}
          PRODUCER send ${app.queue}
        CONSUMER process ${app.queue}
          PRODUCER send ${app.queue}
        CONSUMER process ${app.queue}
    `);
    const first = tracing.spans.started[0]?.spanContext().spanId;
    const sent = tracing.spans.started.filter(({ name }) => name.startsWith('send '));
    expect(sent.map(({ links }) => links.map(({ context }) => context.spanId))).toEqual([
      [],
      [first],
      [first],
    ]);
  });

  it('23: sent again by its handler without its headers goes deeper in its trace', async () => {
    let attempt = 0;

    @Controller()
    class Retrying {
      constructor(@Inject('CLIENT') private readonly client: ClientProxy) {}

      @EventPattern<string>('job')
      async onJob(): Promise<void> {
        attempt += 1;
        if (attempt < 3) await firstValueFrom(this.client.emit('job', {}), emitted);
      }
    }

    await using app = await startApp({ controllers: [Retrying] });
    await emit(app);
    expectTrace(await endedSpans(tracing, 6)).toHaveTree(`
      PRODUCER send ${app.queue}
        CONSUMER process ${app.queue}
          PRODUCER send ${app.queue}
            CONSUMER process ${app.queue}
              PRODUCER send ${app.queue}
                CONSUMER process ${app.queue}
    `);
  });

  it('23: put back by hand over a bare channel stays in its trace', async () => {
    let attempt = 0;

    @Controller()
    class Retrying {
      @EventPattern<string>('job')
      onJob(@Ctx() ctx: RmqContext): void {
        attempt += 1;
        const { content, properties, fields } = messageOf(ctx);
        if (attempt < 3) channelOf(ctx).publish('', fields.routingKey, content, properties);
      }
    }

    await using app = await startApp({ controllers: [Retrying] });
    await emit(app);
    expectTrace(await endedSpans(tracing, 4)).toHaveTree(`
      PRODUCER send ${app.queue}
        CONSUMER process ${app.queue}
        CONSUMER process ${app.queue}
        CONSUMER process ${app.queue}
    `);
  });
});
