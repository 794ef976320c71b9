/** An application as a user writes it, injected by type, to be compiled in several ways. */
import 'reflect-metadata';
import { attachTracing, CurrentSpan, NoSpan, Span, Traceable, TracingModule } from '@distrace/tracing';
import { createTracingHarness, spanTree } from '@distrace/tracing/testing';
import { Body, Controller, Inject, Injectable, Module, Post, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientProxy, ClientsModule, MessagePattern, Payload, Transport } from '@nestjs/microservices';
import type { RmqOptions } from '@nestjs/microservices';
import type { Span as OtelSpan } from '@opentelemetry/api';
import { IsInt } from 'class-validator';
import { of } from 'rxjs';

class Order {
  @IsInt()
  count!: number;
}

@Traceable()
@Injectable()
class Stock {
  async take(count: number): Promise<number> {
    await Promise.resolve();
    return this.left() - count;
  }

  @NoSpan()
  left(): number {
    return 10;
  }
}

@Injectable()
class Orders {
  constructor(private readonly stock: Stock) {}

  @Span('orders.place', (order: Order) => ({ attributes: { 'order.count': order.count } }))
  async place(order: Order): Promise<number> {
    return await this.stock.take(order.count);
  }

  @Span()
  confirm(left: number) {
    return of({ left });
  }
}

@Controller('orders')
class OrdersController {
  constructor(
    private readonly orders: Orders,
    @Inject('CLIENT') private readonly client: ClientProxy,
  ) {}

  @Post()
  accept(@Body(new ValidationPipe({ transform: true })) order: Order) {
    return this.client.send<object>('place', { count: order instanceof Order ? order.count : -1 });
  }

  @MessagePattern('place')
  async place(@Payload() order: Order, @CurrentSpan() span: OtelSpan) {
    span.setAttribute('order.seen', true);
    return this.orders.confirm(await this.orders.place(order));
  }
}

/**
 * Answers a request, over RabbitMQ, and says which spans came of it. Closes the application only when told what comes
 * before: a program just ends.
 */
export async function run(
  amqpUrl: string,
  queue: string,
  beforeClose?: (microservice: object) => Promise<void>,
) {
  const tracing = createTracingHarness();
  const rmq: RmqOptions = {
    transport: Transport.RMQ,
    options: { urls: [amqpUrl], queue, queueOptions: { durable: false, autoDelete: true } },
  };
  @Module({
    imports: [TracingModule.forRoot(), ClientsModule.register([{ name: 'CLIENT', ...rmq }])],
    controllers: [OrdersController],
    providers: [Orders, Stock],
  })
  class AppModule {}
  const app = await NestFactory.create(AppModule, { logger: false });
  const microservice = attachTracing(app.connectMicroservice<RmqOptions>(rmq, { deferInitialization: true }));
  await app.startAllMicroservices();
  await app.listen(0, '127.0.0.1');
  const response = await fetch(`${await app.getUrl()}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"count":3}',
  });
  const answer: unknown = await response.json();
  while (tracing.spans.ended.length < tracing.spans.started.length) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const { ended } = tracing.spans;
  const attributes = ended.flatMap((span) =>
    Object.entries(span.attributes).filter(([key]) => key.startsWith('order.')),
  );
  const tree = spanTree(ended).map((line) => line.replace(queue, 'QUEUE'));
  if (beforeClose !== undefined) {
    await beforeClose(microservice);
    await app.close();
    await tracing.close();
  }
  return { answer, tree, attributes };
}
