import 'reflect-metadata';
import { createTracingHarness, spanTree } from '@distrace/tracing/testing';
import type { TracingHarness } from '@distrace/tracing/testing';
import {
  attachTracing,
  CurrentSpan,
  CurrentTraceContext,
  Span,
  TraceContext,
  TracingModule,
} from '@distrace/tracing';
import {
  BadRequestException,
  Body,
  Controller,
  Get,
  HttpException,
  Inject,
  Injectable,
  Module,
  Param,
  Post,
} from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ClientProxy,
  ClientsModule,
  Ctx,
  EventPattern,
  MessagePattern,
  Payload,
  RmqContext,
  RmqRecordBuilder,
  RpcException,
  Transport,
} from '@nestjs/microservices';
import type { MicroserviceOptions } from '@nestjs/microservices';
import type { Span as OtelSpan } from '@opentelemetry/api';
import { trace } from '@opentelemetry/api';
import { firstValueFrom, lastValueFrom, of } from 'rxjs';
import supertest from 'supertest';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest';

const QUEUE = `nest-rabbitmq-${process.pid}`;

class Unreadable extends Error {
  override get message(): string {
    throw new Error('no response');
  }
}

@Injectable()
class Work {
  readonly seen: unknown[] = [];

  @Span()
  async doIt(value: string): Promise<string> {
    await Promise.resolve();
    return value.toUpperCase();
  }
}

@Controller()
class WorkController {
  constructor(
    @Inject('QUEUE') private readonly client: ClientProxy,
    @Inject(Work) private readonly work: Work,
  ) {}

  @Post('jobs/:id')
  async accept(
    @Param('id') id: string,
    @Body() body: { text?: string },
    @CurrentTraceContext() tc: TraceContext,
  ) {
    tc.getCurrentSpan().addFlag('fast').setBinaryAnnotation('job.bytes', 3, { carried: true });
    const record = new RmqRecordBuilder({ id, text: body.text })
      .setOptions({ headers: { own: '1' } })
      .build();
    await firstValueFrom(this.client.emit('job', record), { defaultValue: undefined });
    return { traceId: tc.getTraceId(), options: record.options };
  }

  @Get('ask/:what')
  async ask(@Param('what') what: string) {
    return { answer: await lastValueFrom(this.client.send<string>('question', what)) };
  }

  @Get('refuse')
  refuse(): never {
    throw new BadRequestException('no');
  }

  @Get('break')
  break(): never {
    throw new HttpException('broken', 503);
  }

  @EventPattern<string>('job')
  async onJob(@Payload() job: { id: string }, @Ctx() ctx: RmqContext, @CurrentSpan() span: OtelSpan) {
    const current = TraceContext.current().getCurrentSpan();
    this.work.seen.push({
      id: job.id,
      flags: current.getFlags(),
      bytes: current.getBinaryAnnotation('job.bytes'),
      headers: Object.keys(ctx.getMessage().properties.headers as object).toSorted(),
      sameSpan: span === trace.getActiveSpan(),
    });
    await this.work.doIt(job.id);
  }

  @MessagePattern('question')
  answer(@Payload() what: string) {
    if (what === 'unreadable') throw new Unreadable();
    if (what === 'fail') throw new RpcException('cannot say');
    if (what === 'many') return of('a', 'b', 'c');
    return this.work.doIt(what);
  }
}

let tracing: TracingHarness;
let app: INestApplication;
let http: ReturnType<typeof supertest>;

beforeAll(async () => {
  tracing = createTracingHarness();
  const url = inject('amqpUrl');
  const queueOptions = { durable: false, autoDelete: true };

  @Module({
    imports: [
      TracingModule.forRoot({ messaging: { destinationTemplate: () => 'jobs' } }),
      ClientsModule.register([
        { name: 'QUEUE', transport: Transport.RMQ, options: { urls: [url], queue: QUEUE, queueOptions } },
      ]),
    ],
    controllers: [WorkController],
    providers: [Work],
  })
  class AppModule {}

  app = await NestFactory.create(AppModule, { logger: false });
  attachTracing(
    app.connectMicroservice<MicroserviceOptions>(
      { transport: Transport.RMQ, options: { urls: [url], queue: QUEUE, queueOptions } },
      { deferInitialization: true },
    ),
  );
  await app.startAllMicroservices();
  await app.listen(0, '127.0.0.1');
  http = supertest(app.getHttpServer());
});

afterEach(() => tracing.spans.clear());

afterAll(async () => {
  await app.close();
  await tracing.close();
});

const ended = (name: string) => vi.waitFor(() => tracing.spans.named(name), { timeout: 5000, interval: 5 });

describe('a Nest application on HTTP and RabbitMQ', () => {
  it('traces a request through the queue as one tree', async () => {
    const response = await http.post('/jobs/7').send({ text: 'x' }).expect(201);
    await ended('process jobs');
    await ended('POST /jobs/:id');
    expect(spanTree(tracing.spans.ended)).toEqual([
      'SERVER POST /jobs/:id',
      '  PRODUCER send jobs',
      '    CONSUMER process jobs',
      '      INTERNAL Work.doIt',
    ]);
    expect(new Set(tracing.spans.ended.map((span) => span.spanContext().traceId))).toEqual(
      new Set([(response.body as { traceId: string }).traceId]),
    );
  });

  it('carries flags and annotations, keeps the caller’s headers and record', async () => {
    const response = await http.post('/jobs/8').send({}).expect(201);
    await ended('process jobs');
    expect(app.get(Work).seen.at(-1)).toEqual({
      id: '8',
      flags: ['fast'],
      bytes: 3,
      headers: ['distrace-annotations', 'distrace-flags', 'own', 'timestamp_in_ms', 'traceparent'],
      sameSpan: true,
    });
    expect((response.body as { options: unknown }).options).toEqual({ headers: { own: '1' } });
    const exported = JSON.stringify(tracing.spans.ended.map((span) => [span.attributes, span.events]));
    expect(exported).not.toContain('fast');
  });

  it('says where messages go and come from, by the current conventions', async () => {
    await http.post('/jobs/9').send({}).expect(201);
    expect((await ended('send jobs')).attributes).toMatchObject({
      'messaging.system': 'rabbitmq',
      'messaging.operation.name': 'send',
      'messaging.operation.type': 'send',
      'messaging.destination.name': QUEUE,
      'messaging.destination.template': 'jobs',
      'messaging.rabbitmq.destination.routing_key': QUEUE,
      'server.address': '127.0.0.1',
    });
    expect((await ended('process jobs')).attributes).toMatchObject({
      'messaging.system': 'rabbitmq',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': QUEUE,
      'messaging.rabbitmq.message.delivery_tag': expect.any(Number) as number,
    });
    expect((await ended('POST /jobs/:id')).attributes).toMatchObject({
      'http.request.method': 'POST',
      'http.route': '/jobs/:id',
      'url.path': '/jobs/9',
      'url.scheme': 'http',
      'http.response.status_code': 201,
    });
  });

  it('ends the producer span of send with the reply', async () => {
    await http.get('/ask/many').expect(200, { answer: 'c' });
    const sent = await ended('send jobs');
    const processed = await ended('process jobs');
    const order = tracing.spans.ended.map((span) => span.name);
    expect(order.indexOf('process jobs')).toBeLessThan(order.indexOf('send jobs'));
    expect(processed.parentSpanContext?.spanId).toBe(sent.spanContext().spanId);
  });

  it('records what a message handler throws on its span, and answers as Nest does', async () => {
    await http.get('/ask/fail').expect(500);
    const processed = await ended('process jobs');
    expect(processed.status).toEqual({ code: 2, message: 'cannot say' });
    expect(processed.attributes['error.type']).toBe('RpcException');
    expect(processed.events).toHaveLength(1);
  });

  it('answers as Nest does when an error cannot be read, and the span ends', async () => {
    await http.get('/ask/unreadable').expect(500);
    expect((await ended('process jobs')).attributes['error.type']).toBe('Unreadable');
    await http.get('/ask/many').expect(200);
  });

  it('leaves an expected refusal unset, marks a failure of the server', async () => {
    await http.get('/refuse').expect(400);
    expect((await ended('GET /refuse')).status).toEqual({ code: 0 });
    await http.get('/break').expect(503);
    expect((await ended('GET /break')).attributes['error.type']).toBe('HttpException');
    await http.get('/nowhere').expect(404);
    expect((await ended('GET')).attributes['http.response.status_code']).toBe(404);
  });

  it('3: keeps 200 interleaved requests apart', async () => {
    const ids = Array.from({ length: 200 }, (_, index) => `id-${index}`);
    const responses = await Promise.all(ids.map((id) => http.post(`/jobs/${id}`).send({}).expect(201)));
    await vi.waitFor(() => expect(tracing.spans.ended).toHaveLength(800), { timeout: 20_000 });
    const traceOf = new Map(
      responses.map((response, index) => [ids[index], (response.body as { traceId: string }).traceId]),
    );
    for (const [id, traceId] of traceOf) {
      const spans = tracing.spans.ended.filter((span) => span.spanContext().traceId === traceId);
      expect(spanTree(spans)).toHaveLength(4);
      expect(spans.find((span) => span.kind === 1)?.attributes['url.path']).toBe(`/jobs/${id}`);
    }
  });
});
