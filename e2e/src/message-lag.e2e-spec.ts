import { createTracingHarness } from '@distrace/tracing/testing';
import type { TracingHarness } from '@distrace/tracing/testing';
import { createZpages } from '@distrace/zpages/core';
import type { MessagingColumns, Zpages } from '@distrace/zpages/core';
import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, MessagePattern, RmqContext } from '@nestjs/microservices';
import type { Channel, ConsumeMessage } from 'amqplib';
import { firstValueFrom } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newQueue, startApp } from './acceptance/support/app.ts';
import type { StartedApp } from './acceptance/support/app.ts';
import { eventBody, openChannel } from './acceptance/support/channel.ts';
import { endedSpan, endedSpans } from './acceptance/support/spans.ts';

/** What the messages of a row have said, as the pages show it. */
function columnsOf(zpages: Zpages, name: string): MessagingColumns | undefined {
  const result = zpages.processor.aggregator.query({ kind: 'aggregations' });
  if (!result.ok) throw new Error(result.error.message);
  return result.answer.rows.find((row) => row.name === name)?.messaging;
}

@Controller()
class Handler {
  @EventPattern<string>('event')
  onEvent(): void {}

  @MessagePattern('question')
  onQuestion(): string {
    return 'answer';
  }
}

let zpages: Zpages;
let tracing: TracingHarness;
beforeEach(() => {
  zpages = createZpages();
  tracing = createTracingHarness({ spanProcessors: [zpages.processor] });
});
afterEach(() => tracing.close());

const emit = (app: StartedApp) => firstValueFrom(app.client.emit('event', {}), { defaultValue: undefined });

describe('the lag from publish to consume', () => {
  it('of events and requests is on their spans and on the pages', async () => {
    await using app = await startApp({ controllers: [Handler] });
    const startMs = Date.now();
    await emit(app);
    expect(await firstValueFrom(app.client.send('question', {}))).toBe('answer');
    const processed = (await endedSpans(tracing, 4)).filter(({ name }) => name.startsWith('process '));
    const lags = processed.map(({ attributes }) => attributes['distrace.rabbitmq.lag_ms'] as number);
    expect(lags).toHaveLength(2);
    for (const lag of lags) {
      expect(lag).toBeGreaterThanOrEqual(0);
      expect(lag).toBeLessThanOrEqual(Date.now() - startMs);
    }
    const columns = columnsOf(zpages, `process ${app.queue}`);
    expect(columns).toMatchObject({ spanKind: 'CONSUMER', destination: app.queue, redelivered: 0 });
    expect(columns?.lag).toMatchObject({ count: 2, maxMs: Math.max(...lags) });
    expect(columnsOf(zpages, `send ${app.queue}`)).not.toHaveProperty('lag');
  });

  it('is that of the broker’s own header, too, and none of what is no time', async () => {
    await using app = await startApp({ controllers: [Handler] });
    await using foreign = await openChannel();
    const publish = async (headers: object) => {
      foreign.channel.sendToQueue(app.queue, eventBody('event'), { headers });
      await foreign.channel.waitForConfirms();
      const { attributes } = await endedSpan(tracing, `process ${app.queue}`);
      tracing.spans.clear();
      return attributes['distrace.rabbitmq.lag_ms'];
    };
    // RabbitMQ's interceptor writes a whole number of 64 bits, as amqplib does for one of this size.
    expect(await publish({ timestamp_in_ms: Date.now() - 5000 })).toBeGreaterThanOrEqual(5000);
    expect(await publish({ timestamp_in_ms: String(Date.now() - 5000) })).toBeGreaterThanOrEqual(5000);
    expect(await publish({ timestamp_in_ms: Date.now() + 60_000 })).toBe(0);
    expect(await publish({ timestamp_in_ms: 'yesterday' })).toBeUndefined();
    expect(await publish({ timestamp_in_ms: Math.floor(Date.now() / 1000) })).toBeUndefined();
    expect(await publish({})).toBeUndefined();
    expect(columnsOf(zpages, `process ${app.queue}`)?.lag?.count).toBe(3);
  });

  it('is unknown when messages are told not to say', async () => {
    await using app = await startApp({
      controllers: [Handler],
      tracing: { messaging: { publishTime: false } },
    });
    await emit(app);
    const { attributes } = await endedSpan(tracing, `process ${app.queue}`);
    expect(attributes).not.toHaveProperty(['distrace.rabbitmq.lag_ms']);
  });

  it('grows with each delivery, and the pages count these by the names that spans give them', async () => {
    let left = 2;
    @Controller()
    class Third {
      @EventPattern<string>('event')
      onEvent(@Ctx() ctx: RmqContext): void {
        const channel = ctx.getChannelRef() as Channel;
        const message = ctx.getMessage() as ConsumeMessage;
        if (left-- > 0) channel.nack(message, false, true);
        else channel.ack(message);
      }
    }
    const queue = newQueue();
    const queueOptions = { durable: true, arguments: { 'x-queue-type': 'quorum' } };
    {
      await using app = await startApp({
        controllers: [Third],
        rmq: { queue, noAck: false, persistent: true, queueOptions },
      });
      await emit(app);
      await endedSpans(tracing, 4);
    }
    const columns = columnsOf(zpages, `process ${queue}`);
    expect(columns).toMatchObject({ redelivered: 2, maxDeliveryCount: 2, lag: { count: 3 } });
    await using broker = await openChannel();
    await broker.channel.deleteQueue(queue);
  });
});
