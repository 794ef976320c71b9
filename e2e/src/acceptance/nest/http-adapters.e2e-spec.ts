import 'reflect-metadata';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { IncomingMessage } from 'node:http';
import { createTracingHarness } from '@distrace/tracing/testing';
import type { TracingHarness } from '@distrace/tracing/testing';
import { Span, TracingModule } from '@distrace/tracing';
import {
  BadRequestException,
  Body,
  Controller,
  Get,
  HttpException,
  Module,
  Param,
  Post,
  StreamableFile,
  UseGuards,
  VersioningType,
} from '@nestjs/common';
import type { CanActivate, INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { endedSpan } from '../support/spans.ts';

const { ERROR, UNSET } = SpanStatusCode;
const activeName = () => (trace.getActiveSpan() as { name?: string } | undefined)?.name;

let seenByGuard: string | undefined;
class Looking implements CanActivate {
  canActivate(): boolean {
    seenByGuard = activeName();
    return true;
  }
}

class Below {
  @Span('below')
  work(): void {}
}

@Controller({ path: 'tasks', version: '1' })
@UseGuards(Looking)
class TasksController {
  @Get('refused')
  refused(): never {
    throw new BadRequestException('no');
  }

  @Get('broken')
  broken(): never {
    throw new TypeError('broken');
  }

  @Get('unavailable')
  unavailable(): never {
    throw new HttpException('later', 503);
  }

  @Get('stream')
  stream(): StreamableFile {
    return new StreamableFile(Readable.from(['a', 'b', 'c']));
  }

  @Get('broken-stream')
  brokenStream(): StreamableFile {
    const parts = function* () {
      yield Buffer.alloc(70_000, 'x');
      throw new Error('disk gone');
    };
    return new StreamableFile(Readable.from(parts()));
  }

  @Get('slow')
  slow(): Promise<never> {
    return new Promise(() => undefined);
  }

  @Get(':id')
  task(@Param('id') id: string) {
    return { id, active: activeName() };
  }

  @Post()
  create(@Body() body: { text: string }) {
    new Below().work();
    return { length: body.text.length, active: activeName() };
  }
}

@Module({ imports: [TracingModule.forRoot()], controllers: [TasksController] })
class TasksModule {}

let tracing: TracingHarness;
beforeAll(() => {
  tracing = createTracingHarness();
});
afterEach(() => tracing.spans.clear());
afterAll(() => tracing.close());

/** A request by path, and what its span is. */
const ANSWERS = [
  { path: '/tasks/7', name: 'GET /api/v1/tasks/:id', status: 200, code: UNSET },
  { path: '/tasks/refused', name: 'GET /api/v1/tasks/refused', status: 400, code: UNSET },
  { path: '/tasks/broken', name: 'GET /api/v1/tasks/broken', status: 500, code: ERROR, type: 'TypeError' },
  {
    path: '/tasks/unavailable',
    name: 'GET /api/v1/tasks/unavailable',
    status: 503,
    code: ERROR,
    type: 'HttpException',
  },
  { path: '/tasks/stream', name: 'GET /api/v1/tasks/stream', status: 200, code: UNSET },
  { path: '/tasks/7/nowhere', name: 'GET', status: 404, code: UNSET },
  { path: '/nowhere/7', name: 'GET', status: 404, code: UNSET },
];

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
])('on %s', (_, createAdapter) => {
  let app: INestApplication;
  let url: string;
  beforeAll(async () => {
    app = await NestFactory.create(TasksModule, createAdapter(), { logger: false });
    app.setGlobalPrefix('api');
    app.enableVersioning({ type: VersioningType.URI });
    await app.listen(0, '127.0.0.1');
    url = `${await app.getUrl()}/api/v1`;
  });
  afterAll(() => app.close());

  it.each(ANSWERS)('30: $path is a span "$name" with status $status', async ({ path, name, ...answer }) => {
    await (await fetch(url + path)).arrayBuffer();
    const span = await endedSpan(tracing, name);
    expect(span.kind).toBe(SpanKind.SERVER);
    expect({
      status: span.attributes['http.response.status_code'],
      code: span.status.code,
      type: span.attributes['error.type'],
    }).toEqual({ type: undefined, ...answer });
    expect(span.attributes['http.route']).toBe(name === 'GET' ? undefined : name.slice('GET '.length));
  });

  it('30: guard and handler run in the span, also after a body that came in pieces', async () => {
    const body = JSON.stringify({ text: 'x'.repeat(80_000) });
    const sent = request(`${url}/tasks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': body.length },
    });
    sent.write(body.slice(0, 10));
    // The rest comes when the server is at work already.
    await vi.waitFor(() => expect(tracing.spans.started).toHaveLength(1), { timeout: 20_000, interval: 5 });
    sent.end(body.slice(10));
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const name = 'POST /api/v1/tasks';
    expect(JSON.parse(await text(response))).toEqual({ length: 80_000, active: name });
    expect(seenByGuard).toBe(name);
    const server = await endedSpan(tracing, name);
    expect((await endedSpan(tracing, 'below')).parentSpanContext?.spanId).toBe(server.spanContext().spanId);
  });

  it('30: a body that is no JSON is an answer like any other', async () => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}/tasks`, { method: 'POST', headers, body: '{' });
    expect(response.status).toBe(400);
    await response.text();
    const [span] = await vi.waitFor(() => {
      expect(tracing.spans.ended).toHaveLength(1);
      return tracing.spans.ended;
    });
    expect(span?.status.code).toBe(UNSET);
    expect(span?.attributes['http.response.status_code']).toBe(400);
  });

  it.each([
    [
      'while its handler works',
      'GET /api/v1/tasks/slow HTTP/1.1\r\nHost: x\r\n\r\n',
      'GET /api/v1/tasks/slow',
    ],
    [
      'in the middle of its body',
      'POST /api/v1/tasks HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"te',
      'POST',
    ],
  ])('30: a client that goes away %s ends the span', async (_when, head, startedName) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(head);
    await vi.waitFor(() => expect(tracing.spans.started.map(({ name }) => name)).toEqual([startedName]), {
      timeout: 20_000,
      interval: 5,
    });
    socket.destroy();
    await vi.waitFor(() => expect(tracing.spans.ended).toHaveLength(1), { timeout: 20_000, interval: 5 });
    expect(tracing.spans.ended[0]?.attributes['error.type']).toBe('client_closed');
    expect(tracing.spans.ended[0]?.status.code).toBe(ERROR);
  });

  it('30: an answer that breaks off in the middle is a failed span', async () => {
    await fetch(`${url}/tasks/broken-stream`)
      .then((response) => response.arrayBuffer())
      .catch(() => undefined);
    const span = await endedSpan(tracing, 'GET /api/v1/tasks/broken-stream');
    expect([span.status.code, span.attributes['error.type']]).toEqual([ERROR, 'response_aborted']);
  });
});
