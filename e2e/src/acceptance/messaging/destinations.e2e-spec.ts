import { createTracingHarness, expectTrace } from '@distrace/tracing/testing';
import { Controller } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { newQueue, startApp } from '../support/app.ts';
import type { StartedApp } from '../support/app.ts';
import { openChannel } from '../support/channel.ts';
import { endedSpan, endedSpans } from '../support/spans.ts';

const ROUTING_KEY = 'messaging.rabbitmq.destination.routing_key';
const emitted = { defaultValue: undefined };

const emit = (app: StartedApp, pattern: string) => firstValueFrom(app.client.emit(pattern, {}), emitted);
const kind = (spans: readonly ReadableSpan[], wanted: number) =>
  spans.filter((span) => span.kind === wanted).map((span) => span.attributes);
const PRODUCER = 3;
const CONSUMER = 4;

/** Exchanges outlast the queues bound to them. */
async function deleteExchange(exchange: string): Promise<void> {
  await using broker = await openChannel();
  await broker.channel.deleteExchange(exchange);
}

@Controller()
class Orders {
  @EventPattern<string>('orders.*')
  onOrder(): void {}
}

describe('destinations', () => {
  it('11: a topic exchange is named with routing key and queue, and spans by what stands for them', async () => {
    const exchange = `${newQueue()}-orders`;
    await using tracing = createTracingHarness();
    {
      await using app = await startApp({
        controllers: [Orders],
        rmq: { exchange, wildcards: true },
        tracing: { messaging: { destinationTemplate: () => 'orders' } },
      });
      await emit(app, 'orders.created');
      await emit(app, 'orders.cancelled');
      const spans = await endedSpans(tracing, 4);
      expect(new Set(spans.map(({ name }) => name))).toEqual(new Set(['send orders', 'process orders']));
      for (const key of ['orders.created', 'orders.cancelled']) {
        expect(kind(spans, PRODUCER)).toContainEqual(
          expect.objectContaining({
            'messaging.destination.name': `${exchange}:${key}`,
            'messaging.destination.template': 'orders',
            [ROUTING_KEY]: key,
          }),
        );
        expect(kind(spans, CONSUMER)).toContainEqual(
          expect.objectContaining({
            'messaging.destination.name': `${exchange}:${key}:${app.queue}`,
            'messaging.destination.template': 'orders',
            [ROUTING_KEY]: key,
          }),
        );
      }
    }
    await deleteExchange(exchange);
  });

  it('12: a fanout exchange with an empty routing key leaves the attribute out', async () => {
    @Controller()
    class News {
      @EventPattern<string>('')
      onNews(): void {}
    }

    const exchange = `${newQueue()}-news`;
    await using tracing = createTracingHarness();
    {
      await using app = await startApp({
        controllers: [News],
        rmq: { exchange, exchangeType: 'fanout', routingKey: '' },
      });
      await emit(app, '');
      const sent = await endedSpan(tracing, `send ${exchange}`);
      const processed = await endedSpan(tracing, `process ${exchange}:${app.queue}`);
      expect(sent.attributes['messaging.destination.name']).toBe(exchange);
      expect(processed.attributes['messaging.destination.name']).toBe(`${exchange}:${app.queue}`);
      for (const span of [sent, processed]) expect(Object.keys(span.attributes)).not.toContain(ROUTING_KEY);
      expectTrace(tracing.spans.ended).toHaveTree(`
        PRODUCER ${sent.name}
          CONSUMER ${processed.name}
      `);
    }
    await deleteExchange(exchange);
  });
});
