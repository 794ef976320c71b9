import { EventEmitter } from 'node:events';
import { testInterceptor, type InterceptorDefinition } from '@distrace/instrumentation';
import { TraceContext } from '@distrace/tracing/core';
import { createTracingHarness, spanTree, type TracingHarness } from '@distrace/tracing/testing';
import { SpanStatusCode } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OpenTasks } from './open-tasks.js';
import * as extension from './index.js';

const APP = { package: '@distrace/untraced', version: '0.1.0' };
const all: readonly InterceptorDefinition[] = Object.values(extension);

let tracing: TracingHarness;
beforeEach(() => {
  tracing = createTracingHarness();
});
afterEach(() => tracing.close());

/** Code of the app, or of a package, woven with the whole extension. */
function woven<T>(source: string, file: { package?: string; version?: string; path?: string } = {}): T {
  const { exports, problems, functions } = testInterceptor<T>(source, all, { file: { ...APP, ...file } });
  expect(functions).not.toEqual([]);
  expect(problems).toEqual([]);
  return exports;
}

describe('a message', () => {
  const nest = { package: '@nestjs/microservices', version: '12.1.1' };
  const client = `
    class ClientRMQ {
      queue = 'run-tasks';
      dispatchEvent(packet) { return new Promise((resolve, reject) => this.settle(packet, resolve, reject)); }
    }
    exports.client = new ClientRMQ();`;
  interface Sent {
    readonly client: {
      settle(packet: object, resolve: () => void, reject: (error: Error) => void): void;
      dispatchEvent(packet: object): Promise<void>;
    };
  }
  const receiver = `
    class Tasks { async handle(task, context) { exports.during(); } }
    __decorate([EventPattern('tasks')], Tasks.prototype, 'handle', null);
    function __decorate() {} function EventPattern() {}
    exports.tasks = new Tasks();`;
  interface Received {
    readonly tasks: { handle(task: object, context?: object): Promise<void> };
    during(): void;
  }
  /** By its name, as Nest's own is known. */
  class RmqContext {
    constructor(private readonly headers: object) {}
    getPattern = () => 'tasks';
    getMessage = () => ({
      content: Buffer.from('{}'),
      fields: { routingKey: 'run-tasks', deliveryTag: 7, redelivered: false },
      properties: { headers: this.headers },
    });
  }

  it('carries the trace from the span that sends it to the span that processes it', async () => {
    const { client: sender } = woven<Sent>(client, nest);
    const packet: { pattern: string; data: object; options?: { headers: object } } = {
      pattern: 'tasks',
      data: {},
    };
    sender.settle = (_packet, resolve) => resolve();
    await sender.dispatchEvent(packet);
    const received = woven<Received>(receiver);
    received.during = () => expect(TraceContext.current().getCurrentSpan().spanId).toMatch(/[1-9a-f]/);
    await received.tasks.handle({}, new RmqContext(packet.options!.headers));
    expect(spanTree(tracing.spans.ended)).toEqual(['PRODUCER send tasks', '  CONSUMER process tasks']);
    expect(tracing.spans.named('process tasks').attributes).toMatchObject({
      'messaging.destination.name': 'run-tasks',
      'messaging.destination.template': 'tasks',
    });
  });

  it('has a span that ends when the broker confirms, and fails when it does not', async () => {
    const { client: sender } = woven<Sent>(client, nest);
    let refuse: (error: Error) => void = () => undefined;
    sender.settle = (_packet, _resolve, reject) => (refuse = reject);
    const sending = sender.dispatchEvent({ pattern: 'tasks', data: {} });
    expect(tracing.spans.ended).toEqual([]);
    refuse(new Error('nacked'));
    await expect(sending).rejects.toThrow('nacked');
    expect(tracing.spans.named('send tasks').status).toMatchObject({ code: SpanStatusCode.ERROR });
  });

  it('begins a trace where it came without one, or its handler does not take the context', async () => {
    const received = woven<Received>(receiver);
    received.during = () => undefined;
    await received.tasks.handle({}, new RmqContext({}));
    await received.tasks.handle({});
    expect(spanTree(tracing.spans.ended)).toEqual(['CONSUMER process tasks', 'INTERNAL process message']);
  });
});

describe('a request', () => {
  const express = { package: 'express', version: '5.3.0', path: 'lib/application.js' };
  const source =
    'const app = (exports.app = {}); app.handle = function handle(req, res, next) { exports.during(); };';
  interface App {
    readonly app: { handle(request: object, response: object): void };
    during(): void;
  }
  function ask(request: object, statusCode = 201): void {
    const exports = woven<App>(source, express);
    exports.during = () => undefined;
    const response = Object.assign(new EventEmitter(), { statusCode });
    exports.app.handle({ method: 'POST', url: '/tasks?a=1', headers: {}, ...request }, response);
    expect(tracing.spans.ended).toEqual([]);
    response.emit('close');
  }

  it('is named by its route, once that is known, and ends with its answer', () => {
    ask({ route: { path: '/tasks' } });
    expect(tracing.spans.named('POST /tasks').attributes).toMatchObject({
      'http.route': '/tasks',
      'http.response.status_code': 201,
      'url.path': '/tasks',
    });
  });

  it('is named by its method where it matched no route', () => {
    ask({}, 404);
    expect(tracing.spans.named('POST').status.code).toBe(SpanStatusCode.UNSET);
  });

  it('has failed when the answer is 5xx', () => {
    ask({}, 503);
    expect(tracing.spans.named('POST').status.code).toBe(SpanStatusCode.ERROR);
  });

  it('brings its trace along, but no flags', () => {
    const outer = TraceContext.create();
    outer.openNestedSpan('outer').addFlag('top-words');
    const headers = outer.toHeaders();
    let flags: readonly string[] = ['?'];
    const exports = woven<App>(source, express);
    exports.during = () => (flags = TraceContext.current().getCurrentSpan().getFlags());
    const response = Object.assign(new EventEmitter(), { statusCode: 200 });
    exports.app.handle({ method: 'GET', url: '/', headers }, response);
    response.emit('close');
    outer.closeCurrentSpan();
    expect(flags).toEqual([]);
    expect(spanTree(tracing.spans.ended)).toEqual(['INTERNAL outer', '  SERVER GET']);
  });

  it('for the health of the service is no work of its own', () => {
    ask({ url: '/health' });
    expect(tracing.spans.started).toEqual([]);
  });
});

describe('a task', () => {
  const service = `
    class TasksService {
      async accept(task) { this.preprocess(task); await exports.during(); return { id: task.id, status: exports.status }; }
      preprocess(task) { return task; }
      settle(notification) {}
    }
    exports.tasks = new TasksService();`;
  interface Client {
    readonly tasks: { accept(task: object): Promise<unknown>; settle(notification: object): void };
    status: string;
    during(): unknown;
  }

  it('keeps its main span open until the notification, also when the client has answered', async () => {
    const client = woven<Client>(service);
    client.status = 'running';
    client.during = () => undefined;
    await client.tasks.accept({ id: '1', text: 'é' });
    expect(tracing.spans.ended).toEqual([]);
    client.tasks.settle({ id: '1', status: 'done' });
    const span = tracing.spans.named('Main Client Span');
    expect(span.events.map(({ name }) => name)).toEqual(['tskReceived', 'tskPreprocessed']);
    expect(span.attributes).toMatchObject({ 'task.id': '1', 'task.bytes': 2 });
  });

  it('has failed when it was not sent, when its work failed, and when accepting it threw', async () => {
    const client = woven<Client>(service);
    client.during = () => undefined;
    client.status = 'unsent';
    await client.tasks.accept({ id: '1', text: '' });
    client.status = 'running';
    await client.tasks.accept({ id: '2', text: '' });
    client.tasks.settle({ id: '2', status: 'failed', error: 'disk full' });
    client.during = () => Promise.reject(new Error('no memory'));
    await expect(client.tasks.accept({ id: '3', text: '' })).rejects.toThrow('no memory');
    expect(tracing.spans.ended.map(({ status }) => status.message)).toEqual([
      'not confirmed by the broker',
      'disk full',
      'no memory',
    ]);
  });

  it('is not held for ever: of too many, the oldest ends', () => {
    const open = new OpenTasks(2);
    for (const id of ['1', '2', '3']) {
      const trace = TraceContext.create();
      trace.openNestedSpan(`task ${id}`);
      open.begin(id, trace);
    }
    expect(tracing.spans.ended.map(({ name }) => name)).toEqual(['task 1']);
    open.end('unknown');
    open.end('2');
    open.end('2');
    expect(tracing.spans.ended.map(({ name }) => name)).toEqual(['task 1', 'task 2']);
    open.end('3');
  });
});

describe('the summary', () => {
  const source = `exports.summarise = summarise; function summarise(chunks) { return { words: 3 }; }`;
  interface Executor {
    readonly summarise: (chunks: readonly ReadonlyMap<string, number>[]) => object;
  }
  const chunks = [new Map([['a', 1]]), new Map([['b', 1]]), new Map([['b', 1]])];

  it('says more where the trace carries the flag and the bytes', () => {
    const { summarise } = woven<Executor>(source);
    expect(summarise(chunks)).toEqual({ words: 3 });
    const trace = TraceContext.create();
    trace
      .openNestedSpan('client')
      .addFlag('top-words')
      .setBinaryAnnotation('task.bytes', 5, { carried: true });
    const topWords = [
      ['b', 2],
      ['a', 1],
    ];
    expect(trace.run(() => summarise(chunks))).toEqual({ words: 3, topWords, receivedBytes: 5 });
    trace.closeCurrentSpan();
  });
});
