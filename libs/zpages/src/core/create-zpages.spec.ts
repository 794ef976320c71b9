import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { createServer, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import type { Context, ContextManager } from '@opentelemetry/api';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { afterEach, describe, expect, it } from 'vitest';
import { createPages } from './create-pages.js';
import { createZpages } from './create-zpages.js';
import { ask } from './http/serve.spec.helper.js';
import { isZpagesRequest } from './http/untraced.js';
import { fakeCore } from './pages/fake-core.spec.helper.js';
import type { Row } from './query.js';
import { SpanAggregator } from './aggregator.js';
import { TracezSpanProcessor } from './tracez-processor.js';

const core = fakeCore(new Map());

describe('createZpages', () => {
  afterEach(() => trace.disable());

  it('shows the spans of a provider in two lines', async () => {
    const zpages = createZpages({ samplesPerBucket: 2, sampleIntervalMs: 0 });
    const provider = new TracerProvider({ spanProcessors: [zpages.processor] });
    const { url, close, port } = await zpages.listen({ port: 0 });
    const tracer = provider.getTracer('test');
    tracer.startSpan('runs', { attributes: { user: 'bob' } });
    for (let i = 0; i < 5; i++) tracer.startSpan('ends').end();
    const answer = (await (await fetch(`${url}tracez?format=json`)).json()) as { rows: readonly Row[] };
    const [ends, runs] = answer.rows;
    expect([ends?.name, ends?.latency.reduce((a, b) => a + b)]).toEqual(['ends', 5]);
    expect([runs?.name, runs?.running]).toEqual(['runs', 1]);
    expect((await ask(port, '/tracez?name=runs&type=running')).text).toContain('bob');
    await close();
  });

  it('N28: pages of one aggregator are answered after others of it are closed', async () => {
    const { aggregator } = new TracezSpanProcessor();
    const [one, two] = [createPages(aggregator), createPages(aggregator)];
    const [closed, open] = [await one.listen({ port: 0 }), await two.listen({ port: 0 })];
    await closed.close();
    expect((await ask(open.port, '/tracez')).status).toBe(200);
    await expect(ask(closed.port, '/tracez')).rejects.toThrow('ECONNREFUSED');
    await open.close();
  });

  it('takes a processor that exists', async () => {
    const processor = new TracezSpanProcessor(new SpanAggregator());
    const zpages = createZpages({ processor });
    expect(zpages.processor).toBe(processor);
    expect(zpages.pages.map(({ path }) => path)).toEqual(['tracez']);
  });

  it('ends with close() only the server that the close belongs to', async () => {
    const pages = createZpages();
    const first = await pages.listen({ port: 0 });
    await Promise.all([first.close(), pages.close(), first.close()]);
    const second = await pages.listen({ port: 0 });
    await first.close();
    expect((await ask(second.port, '/tracez')).status).toBe(200);
    await second.close();
    await expect(ask(second.port, '/tracez')).rejects.toThrow('ECONNREFUSED');
  });

  it('closes without a word while a listen fails, which tells its own caller', async () => {
    const [taken, pages] = [createZpages(), createZpages()];
    const { port } = await taken.listen({ port: 0 });
    const failed = pages.listen({ port }).catch((error: unknown) => error);
    await expect(pages.close()).resolves.toBeUndefined();
    expect(await failed).toMatchObject({ code: 'EADDRINUSE' });
    const later = await pages.listen({ port: 0 });
    await Promise.all([later.close(), taken.close()]);
  });

  it('T63: refuses a port in use and a second listen; a second close, and one without listen, do nothing', async () => {
    const first = createPages(core);
    await first.close();
    const { port, close } = await first.listen({ port: 0 });
    await expect(first.listen({ port: 0 })).rejects.toThrow('one port at a time');
    const second = createPages(core);
    await expect(second.listen({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await close();
    await close();
    await first.close();
    await expect(ask(port, '/')).rejects.toThrow('ECONNREFUSED');
    const again = await first.listen({ port: 0 });
    await again.close();
  });

  it.each([
    ['path of a page', { pages: [{ path: 'A/b' }] }],
    ['each page has a path of its own', { pages: [{ path: 'tracez' }] }],
    ['traceUrl', { traceUrl: 'javascript:alert({traceId})' }],
    ['traceUrl', { traceUrl: 'http://viewer.test/' }],
    ['traceUrl', { traceUrl: 'http://{traceId}/' }],
    ['maxAnswerBytes', { maxAnswerBytes: 10 }],
    ['maxAnswerBytes', { maxAnswerBytes: Number.NaN }],
    ['allowedHosts', { allowedHosts: ['http://a.test/'] }],
    ['authorize', { authorize: true }],
  ])('says the rule of %s', (rule, options) => {
    expect(() => createPages(core, options as never)).toThrow(
      expect.objectContaining({ code: 'DT_ERR_ZPAGES_OPTION', message: expect.stringContaining(rule) }),
    );
  });
});

describe('pages about spans', () => {
  it('make none on a port of their own, although HTTP is traced by wrapping Server.prototype.emit', async () => {
    const seen: unknown[] = [];
    // What OpenTelemetry's instrumentation of HTTP does.
    const original = Object.getOwnPropertyDescriptor(Server.prototype, 'emit');
    Server.prototype.emit = function emit(this: Server, ...args: unknown[]): boolean {
      if (args[0] === 'request') seen.push((args[1] as { url: string }).url);
      return Reflect.apply(EventEmitter.prototype.emit, this, args) as boolean;
    };
    try {
      const pages = createPages(core);
      const { port, close } = await pages.listen({ port: 0 });
      expect((await ask(port, '/tracez')).status).toBe(200);
      await close();
      await using app = await appServer();
      await ask(app.port, '/app');
      expect(seen).toEqual(['/app']);
    } finally {
      if (original === undefined) Reflect.deleteProperty(Server.prototype, 'emit');
      else Object.defineProperty(Server.prototype, 'emit', original);
    }
  });

  it('make none while they are made, whatever authorize does', async () => {
    const provider = new TracerProvider();
    context.setGlobalContextManager(asyncContext());
    try {
      const recorded: boolean[] = [];
      const pages = createPages(core, {
        authorize: async () => {
          await Promise.resolve();
          const span = provider.getTracer('test').startSpan('look the user up');
          recorded.push(span.isRecording());
          span.end();
          return true;
        },
      });
      const { port, close } = await pages.listen({ port: 0 });
      await ask(port, '/tracez');
      await close();
      expect(recorded).toEqual([false]);
    } finally {
      context.disable();
    }
  });

  it('are told apart by their prefix for the instrumentation of HTTP', () => {
    const isOurs = isZpagesRequest('/zpages/');
    expect(['/zpages', '/zpages/', '/zpages/tracez?x', '/zpages?x'].map((url) => isOurs({ url }))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(['/', '/zpagesx', '/a/zpages', '', undefined].map((url) => isOurs({ url }))).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
    expect(isOurs({ url: '/tracez', originalUrl: '/zpages/tracez' } as never)).toBe(true);
    expect(isOurs({ url: 'http://localhost/zpages/tracez' })).toBe(true);
    expect(isOurs({ url: 'http://localhost/a?http://x/zpages' })).toBe(false);
  });
});

/** A context manager as the SDK brings one, of what this needs. */
function asyncContext(): ContextManager {
  const storage = new AsyncLocalStorage<Context>();
  const manager: ContextManager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (ctx, action, self, ...args) => storage.run(ctx, () => action.apply(self as never, args)),
    bind: (_ctx, target) => target,
    enable: () => manager,
    disable: () => manager,
  };
  return manager;
}

async function appServer() {
  const server = createServer((_request, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { port, [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}
