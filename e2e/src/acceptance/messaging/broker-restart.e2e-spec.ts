import { setTimeout as delay } from 'node:timers/promises';
import { startGuardian, startPrivateBroker } from '@distrace/broker';
import type { Guardian, PrivateBroker } from '@distrace/broker';
import { createTracingHarness } from '@distrace/tracing/testing';
import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload, RmqContext } from '@nestjs/microservices';
import { SpanKind, trace } from '@opentelemetry/api';
import type { Channel, ConsumeMessage } from 'amqplib';
import { firstValueFrom } from 'rxjs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startApp } from '../support/app.ts';
import { inSpan } from '../support/spans.ts';

const TIMES = { timeout: 30_000, interval: 5 };

let guardian: Guardian;
let broker: PrivateBroker;
beforeAll(async () => {
  guardian = startGuardian();
  broker = await startPrivateBroker({ guardian });
});
afterAll(async () => {
  await broker.stop();
  await guardian.close();
});

it('6: a stream of messages goes on after a restart of the broker, each in its own trace', async () => {
  /** One entry per handling: the message and the trace it was handled in. */
  const handled: { readonly id: number; readonly traceId: string | undefined }[] = [];

  @Controller()
  class Handler {
    @EventPattern<string>('tick')
    onTick(@Payload() id: number, @Ctx() ctx: RmqContext): void {
      handled.push({ id, traceId: trace.getActiveSpan()?.spanContext().traceId });
      try {
        (ctx.getChannelRef() as Channel).ack(ctx.getMessage() as ConsumeMessage);
      } catch {
        // The channel went down with the broker, which delivers the message once more.
      }
    }
  }

  await using tracing = createTracingHarness();
  await using app = await startApp({
    controllers: [Handler],
    rmq: {
      urls: [broker.url],
      queueOptions: { durable: true },
      persistent: true,
      noAck: false,
      socketOptions: { reconnectTimeInSeconds: 1 },
    },
  });
  /** One per message: those that were sent, and those that the broker's absence refused. */
  const requests: { readonly id: number; readonly traceId: string; readonly sent: boolean }[] = [];
  const request = async (id: number) => {
    const { traceId, result } = await inSpan('request', () =>
      firstValueFrom(app.client.emit('tick', id), { defaultValue: undefined }).then(
        () => true,
        () => false,
      ),
    );
    requests.push({ id, traceId, sent: result });
  };

  const streaming: Promise<void>[] = [];
  const stream = async (until: () => boolean) => {
    for (const start = streaming.length; !until() || streaming.length < start + 100;) {
      streaming.push(request(streaming.length));
      await delay(5);
    }
  };
  await stream(() => true);
  let isBack = false;
  const restarting = broker.restart().then(() => (isBack = true));
  await stream(() => isBack);
  await restarting;
  // The client may come back later than the broker.
  await stream(() => requests.at(-1)?.sent === true);
  await stream(() => true);
  await Promise.all(streaming);

  const sent = requests.filter((one) => one.sent);
  expect(sent.length).toBeGreaterThan(150);
  expect(sent.length).toBeLessThan(requests.length);
  // What was on its way when the broker went may have arrived although nobody confirmed it.
  const arrived = () => new Set(handled.map(({ id }) => id));
  await vi.waitFor(() => expect(sent.filter(({ id }) => !arrived().has(id))).toEqual([]), TIMES);

  const traceOf = new Map(requests.map(({ id, traceId }) => [id, traceId]));
  expect(handled.filter(({ id, traceId }) => traceId !== traceOf.get(id))).toEqual([]);
  const count = (kind: SpanKind) => tracing.spans.ended.filter((span) => span.kind === kind).length;
  await vi.waitFor(() => {
    expect(count(SpanKind.PRODUCER)).toBe(requests.length);
    expect(count(SpanKind.CONSUMER)).toBe(handled.length);
  }, TIMES);
  const ids = tracing.spans.ended.map((span) => span.spanContext().spanId);
  expect(new Set(ids).size).toBe(ids.length);
  // What could not be sent says so, and nothing else does.
  const failed = tracing.spans.ended.filter(
    (span) => span.kind === SpanKind.PRODUCER && span.status.code === 2,
  );
  expect(failed).toHaveLength(requests.length - sent.length);
});
