import 'reflect-metadata';
import { once } from 'node:events';
import { connect } from 'node:net';
import {
  Body,
  Controller,
  Get,
  Inject,
  Module,
  Param,
  Post,
  UploadedFile,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import type { CanActivate, INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { FileInterceptor } from '@nestjs/platform-express';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { TraceContext } from '../core/index.js';
import { NoSpan, Span } from '../decorators/index.js';
import { createTracingHarness } from '../testing/index.js';
import type { TracingHarness } from '../testing/index.js';
import { TraceService } from './trace.service.js';
import { TracingInterceptor } from './tracing.interceptor.js';
import { TracingModule } from './tracing.module.js';

const activeName = () => (trace.getActiveSpan() as { name?: string } | undefined)?.name;
let flagsSeen: readonly string[] | undefined;
const seenByGuard: (string | undefined)[] = [];

/** As client libraries make them: the text is in a response that is not there. */
class Unreadable extends Error {
  readonly response: { data: { message: string } } | undefined;
  override get message(): string {
    return (this.response as { data: { message: string } }).data.message;
  }
}

class LookingGuard implements CanActivate {
  canActivate(): boolean {
    seenByGuard.push(activeName());
    return true;
  }
}

@Controller()
@UseInterceptors(TracingInterceptor)
class AppController {
  constructor(@Inject(TraceService) private readonly traces: TraceService) {}

  @Get('items/:id')
  @UseGuards(LookingGuard)
  @UseInterceptors(TracingInterceptor)
  item(@Param('id') id: string) {
    return { id, active: activeName() };
  }

  @Get('own')
  @Span('own span')
  own() {
    return { active: activeName() };
  }

  @Get('none')
  @NoSpan()
  none() {
    flagsSeen = TraceContext.current().getCurrentSpan().getFlags();
    return { active: activeName() };
  }

  @Get('service')
  async byHand() {
    return this.traces.withSpan('by hand', async (span) => {
      await Promise.resolve();
      return { active: activeName(), same: this.traces.getSpan() === span };
    });
  }

  @Post('json')
  @NoSpan()
  json(@Body() body: unknown) {
    return { active: activeName(), body };
  }

  @Post('upload')
  @NoSpan()
  @UseInterceptors(FileInterceptor('file'))
  upload(@UploadedFile() file: { size: number }) {
    return { active: activeName(), size: file.size };
  }

  @Get('slow')
  @NoSpan()
  slow() {
    return new Promise(() => undefined);
  }

  @Get('unreadable')
  @NoSpan()
  unreadable(): never {
    throw new Unreadable();
  }

  @Get('broken')
  @NoSpan()
  broken(): never {
    throw new TypeError('out of paper');
  }

  @Get('health')
  health() {
    return 'ok';
  }
}

let tracing: TracingHarness;
let app: INestApplication;
let url: string;
const userHook = vi.fn<(what: string) => void>();

beforeAll(async () => {
  tracing = createTracingHarness();

  @Module({
    imports: [
      TracingModule.forRootAsync({
        useFactory: async () => {
          await Promise.resolve();
          return { http: { ignore: (request) => request.url === '/health' } };
        },
      }),
    ],
    controllers: [AppController],
  })
  class AppModule {}

  app = await NestFactory.create(AppModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
});

afterEach(() => {
  tracing.spans.clear();
  userHook.mockClear();
});

afterAll(async () => {
  await app.close();
  await tracing.close();
});

async function get(path: string, init?: RequestInit): Promise<unknown> {
  const response = await fetch(url + path, init);
  return response.json();
}

const endedNames = () => tracing.spans.ended.map((span) => span.name);
const expectEnded = (...names: string[]) =>
  vi.waitFor(() => expect(endedNames()).toEqual(names), { interval: 5 });

describe('a Nest HTTP application', () => {
  it('has a server span that guards and handlers run in', async () => {
    expect(await get('/items/7')).toEqual({ id: '7', active: 'AppController.item' });
    await expectEnded('AppController.item', 'GET /items/:id');
    expect(seenByGuard).toEqual(['GET /items/:id']);
  });

  it('makes one span of two interceptors, none beside @Span or @NoSpan', async () => {
    expect(await get('/own')).toEqual({ active: 'own span' });
    await expectEnded('own span', 'GET /own');
    tracing.spans.clear();
    expect(await get('/none')).toEqual({ active: 'GET /none' });
    await expectEnded('GET /none');
  });

  it('traces what a service does by hand', async () => {
    expect(await get('/service')).toEqual({ active: 'by hand', same: true });
    await expectEnded('by hand', 'AppController.byHand', 'GET /service');
  });

  it('keeps the context through body parsers', async () => {
    const headers = { 'content-type': 'application/json' };
    expect(await get('/json', { method: 'POST', headers, body: '{"a":1}' })).toEqual({
      active: 'POST /json',
      body: { a: 1 },
    });
    const form = new FormData();
    form.set('file', new Blob(['x'.repeat(300_000)]), 'big.txt');
    expect(await get('/upload', { method: 'POST', body: form })).toEqual({
      active: 'POST /upload',
      size: 300_000,
    });
  });

  it('continues the trace of the caller', async () => {
    const traceId = 'a'.repeat(32);
    await get('/none', { headers: { traceparent: `00-${traceId}-${'b'.repeat(16)}-01` } });
    await expectEnded('GET /none');
    const span = tracing.spans.named('GET /none');
    expect(span.spanContext().traceId).toBe(traceId);
    expect(span.parentSpanContext?.spanId).toBe('b'.repeat(16));
  });

  it('answers as ever when an error cannot be read', async () => {
    expect((await fetch(`${url}/unreadable`)).status).toBe(500);
    await expectEnded('GET /unreadable');
    expect(tracing.spans.named('GET /unreadable').attributes['error.type']).toBe('Unreadable');
  });

  it('says what the handler threw, not only that the response failed', async () => {
    expect((await fetch(`${url}/broken`)).status).toBe(500);
    await expectEnded('GET /broken');
    const { status, attributes } = tracing.spans.named('GET /broken');
    expect(status).toEqual({ code: SpanStatusCode.ERROR, message: 'out of paper' });
    expect(attributes).toMatchObject({ 'error.type': 'TypeError', 'http.response.status_code': 500 });
  });

  it('takes no flags from just anybody', async () => {
    await get('/none', { headers: { 'distrace-flags': 'top-words', 'distrace-annotations': '{"a":1}' } });
    await expectEnded('GET /none');
    expect(flagsSeen).toEqual([]);
  });

  it('leaves out what is ignored', async () => {
    expect(await (await fetch(`${url}/health`)).text()).toBe('ok');
    await get('/none');
    await expectEnded('AppController.health', 'GET /none');
  });

  it('ends the span when the client goes away', async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n');
    await vi.waitFor(() =>
      expect(tracing.spans.started.some((span) => span.name === 'GET /slow')).toBe(true),
    );
    socket.destroy();
    await expectEnded('GET /slow');
    expect(tracing.spans.named('GET /slow').attributes['error.type']).toBe('client_closed');
  });

  it('redacts secrets in queries and keeps odd methods out of names', async () => {
    await get('/none?sig=secret&a=1');
    await expectEnded('GET /none');
    expect(tracing.spans.named('GET /none').attributes['url.query']).toBe('sig=REDACTED&a=1');
    tracing.spans.clear();
    await fetch(url, { method: 'PROPFIND' });
    await expectEnded('HTTP');
    expect(tracing.spans.named('HTTP').attributes).toMatchObject({
      'http.request.method': '_OTHER',
      'http.request.method_original': 'PROPFIND',
    });
  });
});

describe('an application of Test.createTestingModule', () => {
  it('is traced like any other', async () => {
    const testing = await Test.createTestingModule({
      imports: [TracingModule.forRoot()],
      controllers: [AppController],
    }).compile();
    const other = testing.createNestApplication({ logger: false });
    await other.listen(0, '127.0.0.1');
    await fetch(`${await other.getUrl()}/none`);
    await expectEnded('GET /none');
    await other.close();
  });
});

describe('an application that trusts its callers', () => {
  it('takes their flags', async () => {
    @Module({
      imports: [TracingModule.forRoot({ http: { trustCarried: true } })],
      controllers: [AppController],
    })
    class TrustingModule {}
    const trusting = await NestFactory.create(TrustingModule, { logger: false });
    await trusting.listen(0, '127.0.0.1');
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    await fetch(`${await trusting.getUrl()}/none`, { headers: { traceparent, 'distrace-flags': 'express' } });
    await expectEnded('GET /none');
    await trusting.close();
    expect(flagsSeen).toEqual(['express']);
  });
});

describe('hooks of somebody else', () => {
  it('are called beside ours', async () => {
    @Module({ controllers: [AppController], providers: [TraceService] })
    class Plain {}
    const { ExpressAdapter } = await import('@nestjs/platform-express');
    const adapter = new ExpressAdapter();
    adapter.setOnRequestHook((_request, _response, done) => {
      userHook('request');
      done();
    });
    adapter.setOnRouteTriggered((_method, path) => void userHook(path));
    const other = await NestFactory.create({ module: Plain, imports: [TracingModule.forRoot({})] }, adapter, {
      logger: false,
    });
    await other.listen(0, '127.0.0.1');
    await fetch(`${await other.getUrl()}/none`);
    await expectEnded('GET /none');
    await other.close();
    expect(userHook.mock.calls).toEqual([['request'], ['/none']]);
  });
});

describe('pages that somebody mounted on the HTTP adapter', () => {
  it('get no span when they are listed there, and one when the list throws', async () => {
    @Module({ imports: [TracingModule.forRoot()], controllers: [AppController] })
    class WithPages {}
    const other = await NestFactory.create(WithPages, { logger: false });
    const isTheirs = ({ url: target }: { url?: string }) => {
      if (target === '/none?throw') throw new Error('on purpose');
      return target === '/none';
    };
    Object.assign(other.getHttpAdapter(), { [Symbol.for('distrace.http.untraced')]: [isTheirs] });
    await other.listen(0, '127.0.0.1');
    await fetch(`${await other.getUrl()}/none`);
    await fetch(`${await other.getUrl()}/none?throw`);
    await expectEnded('GET /none');
    expect(tracing.spans.named('GET /none').attributes['url.query']).toBe('throw');
    await other.close();
  });
});
