import 'reflect-metadata';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkTrace, parseSpool, submitTask } from '@distrace/start';
import { createTracingHarness, lintSpans } from '@distrace/tracing/testing';
import type { LintedSpan, TracingHarness } from '@distrace/tracing/testing';
import { Span, TracingInterceptor } from '@distrace/tracing';
import { mergeSpans } from '@distrace/zipkin';
import {
  BadRequestException,
  Controller,
  Get,
  Inject,
  Injectable,
  Param,
  Query,
  UseInterceptors,
} from '@nestjs/common';
import { ClientProxy, EventPattern, MessagePattern, Payload, RpcException } from '@nestjs/microservices';
import { SpanKind } from '@opentelemetry/api';
import { firstValueFrom, lastValueFrom, of } from 'rxjs';
import supertest from 'supertest';
import { afterEach, beforeEach, expect, inject, it, vi } from 'vitest';
import { startDeployment } from '../../support/deployment.ts';
import { startApp } from '../support/app.ts';
import { endedSpans } from '../support/spans.ts';
import { asLinted } from './zipkin-spans.ts';

let tracing: TracingHarness;
beforeEach(() => {
  tracing = createTracingHarness();
});
afterEach(() => tracing.close());

@Injectable()
class Work {
  @Span()
  run(what: string): string {
    if (what === 'fail') throw new RangeError('too much');
    return what;
  }
}

@Controller('shop')
class WorkController {
  constructor(
    @Inject('CLIENT') private readonly client: ClientProxy,
    @Inject(Work) private readonly work: Work,
  ) {}

  @Get('emit/:id')
  async emit(@Param('id') id: string, @Query('as') as: string) {
    await firstValueFrom(this.client.emit('event', as ?? id), { defaultValue: undefined });
    return id;
  }

  @Get('ask/:what')
  @UseInterceptors(TracingInterceptor)
  ask(@Param('what') what: string) {
    return lastValueFrom(this.client.send<string>('question', what));
  }

  @Get('refuse')
  refuse(): never {
    throw new BadRequestException('no');
  }

  @EventPattern('event')
  onEvent(@Payload() what: string) {
    if (what === 'text') throw 'a text';
    this.work.run(what);
  }

  @MessagePattern('question')
  onQuestion(@Payload() what: string) {
    if (what === 'rpc') throw new RpcException('cannot say');
    if (what === 'refuse') throw new BadRequestException('no');
    return what === 'many' ? of('a', 'b') : this.work.run(what);
  }
}

const REQUESTS = [
  ['/shop/emit/1?as=tea', 200],
  ['/shop/emit/fail', 200],
  ['/shop/emit/text', 200],
  ['/shop/ask/tea', 200],
  ['/shop/ask/many', 200],
  ['/shop/ask/rpc', 500],
  ['/shop/ask/fail', 500],
  ['/shop/ask/refuse', 500],
  ['/shop/refuse', 400],
  ['/nowhere/7', 404],
] as const;

/** Names by kind, without what differs from run to run. */
const titlesOf = (spans: readonly LintedSpan[], queue: string) =>
  [...new Set(spans.map(({ kind, name }) => `${SpanKind[kind]} ${name.replace(queue, 'QUEUE')}`))].toSorted();

/** Attributes without which a span of that kind is not what the conventions call by its name. */
const NEEDED: Readonly<Partial<Record<SpanKind, readonly string[]>>> = {
  [SpanKind.SERVER]: ['http.request.method', 'url.path', 'url.scheme', 'http.response.status_code'],
  [SpanKind.PRODUCER]: [
    'messaging.system',
    'messaging.operation.name',
    'messaging.operation.type',
    'messaging.destination.name',
  ],
  [SpanKind.CONSUMER]: [
    'messaging.system',
    'messaging.operation.name',
    'messaging.operation.type',
    'messaging.destination.name',
    'messaging.rabbitmq.destination.routing_key',
    'messaging.rabbitmq.message.delivery_tag',
  ],
  [SpanKind.CLIENT]: ['db.system.name'],
};

function without(span: LintedSpan, key: string): LintedSpan {
  const attributes = { ...span.attributes };
  delete attributes[key];
  return { ...span, attributes };
}

/** No span violates a rule, and each would without one of the attributes that it must have. */
function expectConventional(spans: readonly LintedSpan[]): void {
  expect(lintSpans(spans)).toEqual([]);
  for (const span of spans) {
    for (const key of NEEDED[span.kind] ?? []) {
      const rules = lintSpans([without(span, key)]).map(({ rule }) => rule);
      expect(rules, `${span.name} without ${key}`).toContain('required-attribute');
    }
  }
}

it('45: every span of a Nest application, of success, refusal and failure, follows the conventions', async () => {
  await using started = await startApp({ controllers: [WorkController], providers: [Work] });
  const http = supertest(started.app.getHttpServer());
  for (const [path, status] of REQUESTS) await http.get(path).expect(status);
  // 10 requests, 8 messages of 2 spans each, 5 handlers behind the interceptor, 4 calls of Work.
  const spans = await endedSpans(tracing, 35);
  expect(titlesOf(spans, started.queue)).toEqual([
    'CONSUMER process QUEUE',
    'INTERNAL Work.run',
    'INTERNAL WorkController.ask',
    'PRODUCER send QUEUE',
    'SERVER GET',
    'SERVER GET /shop/ask/:what',
    'SERVER GET /shop/emit/:id',
    'SERVER GET /shop/refuse',
  ]);
  expectConventional(spans);
});

it('45: every span that the three services write follows the conventions', async () => {
  await using deployment = await startDeployment(inject('amqpUrl'));
  const tasks = await Promise.all(
    ['one', 'two words', 'word '.repeat(200)].map((text) =>
      submitTask(deployment.url('client'), text, { signal: AbortSignal.timeout(60_000) }),
    ),
  );
  await fetch(`${deployment.url('client')}/nowhere/7`);
  const spans = await vi.waitFor(
    async () => {
      const files = await readdir(deployment.spool);
      const texts = await Promise.all(files.map((file) => readFile(join(deployment.spool, file), 'utf8')));
      const all = mergeSpans(texts.flatMap((text) => parseSpool(text, 'spool').spans));
      for (const { traceId, result } of tasks) {
        const trace = all.filter((span) => span.traceId === traceId);
        expect(checkTrace(trace, { chunks: result.chunks })).toEqual({ complete: true });
      }
      return all.map(asLinted);
    },
    { timeout: 30_000, interval: 200 },
  );
  expect(new Set(spans.map((span) => span.kind)).size).toBe(5);
  expectConventional(spans);
});
