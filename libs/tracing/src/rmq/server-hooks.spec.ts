import type { ModulesContainer } from '@nestjs/core';
import { Server, ServerRMQ } from '@nestjs/microservices';
import { context, diag, DiagLogLevel, SpanStatusCode, trace } from '@opentelemetry/api';
import { Subject, of } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTracingHarness } from '../testing/index.js';
import type { TracingHarness } from '../testing/index.js';
import { runningHandlers } from './running-handlers.js';
import { ServerHooks } from './server-hooks.js';
import { unlessIdle } from './start-hook.js';
import type { StartHook } from './start-hook.js';

type SetHook = (hook: StartHook) => void;

let tracing: TracingHarness;
const warn = vi.fn<(...texts: unknown[]) => void>();
beforeEach(() => {
  tracing = createTracingHarness();
  const logger = { debug: warn, verbose: warn, info: warn, warn, error: warn };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
});
afterEach(() => {
  diag.disable();
  warn.mockClear();
  return tracing.close();
});

/** Whether no handler is counted as running. */
function isIdle(): Promise<boolean> {
  const idle = runningHandlers.idle(10_000).then(() => true);
  return Promise.race([idle, new Promise<false>((resolve) => setImmediate(resolve, false))]);
}

function hookServer<S extends object>(server: S): S {
  const modules = { getRpcTargetRegistry: () => of(server) } as unknown as ModulesContainer;
  new ServerHooks(modules, {}).onModuleDestroy();
  return server;
}

/** A server on a queue with a handler of events; `hook` is what somebody else sets, before or after ours. */
function serve(hook?: StartHook, order: 'before' | 'after' = 'after', handler = () => 'done' as unknown) {
  const server = new ServerRMQ({ queue: 'orders', noAck: true });
  const setHook = () => hook && (server.setOnProcessingStartHook as SetHook)(hook);
  if (order === 'before') setHook();
  hookServer(server);
  if (order === 'after') setHook();
  const handled = vi.fn<() => Promise<unknown>>(async () => handler());
  server.addHandler('event', handled, true);
  const receive = () =>
    server.handleMessage(
      {
        content: Buffer.from(JSON.stringify({ pattern: 'event', data: 1 })),
        fields: { exchange: '', routingKey: 'orders', deliveryTag: 1 },
        properties: { headers: {} },
      },
      {},
    );
  return { server, handled, receive };
}

const ended = () => tracing.spans.ended.map(({ status }) => status.message ?? status.code);

describe.each(['before', 'after'] as const)('the start hook of somebody else, set %s ours', (order) => {
  it.each<[string, StartHook]>([
    ['at once', () => undefined],
    ['with a promise', () => Promise.resolve()],
    ['with an object', () => ({})],
  ])('may drop a message %s: its span ends and nobody waits for it', async (_, hook) => {
    const { receive, handled } = serve(hook, order);
    await receive();
    expect(handled).not.toHaveBeenCalled();
    expect(ended()).toEqual([SpanStatusCode.UNSET]);
    expect(await isIdle()).toBe(true);
  });

  it.each<[string, StartHook]>([
    [
      'throw',
      () => {
        throw new Error('not today');
      },
    ],
    ['reject', () => Promise.reject(new Error('not today'))],
  ])('may %s: the span has failed, and Nest is told', async (_, hook) => {
    const { receive } = serve(hook, order);
    await expect(receive()).rejects.toThrow('not today');
    expect(ended()).toEqual(['not today']);
    expect(await isIdle()).toBe(true);
  });

  it('may wait before it goes on', async () => {
    let goOn: (() => void) | undefined;
    const hook: StartHook = async (_transport, _context, done) => {
      await new Promise<void>((resolve) => (goOn = resolve));
      return done();
    };
    const { receive, handled } = serve(hook, order);
    const received = receive();
    await vi.waitFor(() => expect(goOn).toBeDefined());
    expect(ended()).toEqual([]);
    expect(await isIdle()).toBe(false);
    goOn?.();
    await received;
    expect(handled).toHaveBeenCalledTimes(1);
    expect(ended()).toEqual([SpanStatusCode.UNSET]);
  });

  it('may handle a message again: each time has a span that ends once', async () => {
    const hook: StartHook = async (_transport, _context, done) => {
      await done();
      await done();
      return done();
    };
    const active: unknown[] = [];
    const { receive } = serve(hook, order, () => active.push(trace.getSpan(context.active())));
    await receive();
    expect(ended()).toHaveLength(3);
    expect(new Set(active).size).toBe(3);
    expect(active).not.toContain(undefined);
    expect(warn).not.toHaveBeenCalled();
    // A count below nothing would hide the next handler.
    runningHandlers.begin();
    expect(await isIdle()).toBe(false);
    runningHandlers.end();
  });

  it('may call back after it has returned: what is handled then has a span, and is waited for', async () => {
    let goOn: (() => unknown) | undefined;
    const stream = new Subject<void>();
    const { receive } = serve(
      (_transport, _context, done) => void (goOn = done),
      order,
      () => stream,
    );
    await receive();
    expect(ended()).toHaveLength(1);
    await goOn?.();
    expect(await isIdle()).toBe(false);
    stream.complete();
    expect(ended()).toHaveLength(2);
  });

  it('does the work of a lazy promise once', async () => {
    const begun = vi.fn<() => void>();
    const hook: StartHook = (_transport, _context, done) => ({
      // oxlint-disable-next-line unicorn/no-thenable -- as query builders have it
      then(resolve: (value: unknown) => void, reject: (error: unknown) => void) {
        begun();
        done().then(resolve, reject);
      },
    });
    const { receive } = serve(hook, order);
    await receive();
    expect(begun).toHaveBeenCalledTimes(1);
    expect(ended()).toHaveLength(1);
  });

  it('may fail after the handler: the span is that of the handler', async () => {
    const hook: StartHook = async (_transport, _context, done) => {
      await done();
      throw new Error('afterwards');
    };
    const { receive } = serve(hook, order);
    await expect(receive()).rejects.toThrow('afterwards');
    expect(ended()).toEqual([SpanStatusCode.UNSET]);
  });
});

describe('a message that nobody else hooks', () => {
  it('is handled in its span', async () => {
    const { receive, handled } = serve();
    await receive();
    expect(handled).toHaveBeenCalledTimes(1);
    expect(ended()).toEqual([SpanStatusCode.UNSET]);
  });

  it("is not watched: Nest's own hook counts as none", () => {
    const { onProcessingStartHook } = new ServerRMQ({}) as unknown as { onProcessingStartHook: StartHook };
    expect(onProcessingStartHook).toBeTypeOf('function');
    expect(unlessIdle(onProcessingStartHook)).toBeUndefined();
    const other: StartHook = (transport, ctx, done) => (ctx === transport ? undefined : done());
    expect(unlessIdle(other)).toBe(other);
  });
});

describe('a transport that has no contexts', () => {
  class Contextless extends Server {
    listen(listening: () => void): void {
      listening();
    }
    close(): void {
      // Nothing is open.
    }
    on(): void {
      // Has no events.
    }
    unwrap<T>(): T {
      throw new Error('has no driver');
    }
    fire(): Promise<unknown> {
      return this.handleEvent('event', { pattern: 'event', data: 1 }, undefined as never);
    }
  }

  it.each([false, true])('has its hooks called, when they call what they found, too: %s', async (chains) => {
    const server = hookServer(new Contextless());
    const calls: string[] = [];
    const { onProcessingStartHook: start, onProcessingEndHook: end } = server as unknown as {
      onProcessingStartHook: StartHook;
      onProcessingEndHook: (transport: unknown, ctx: unknown) => void;
    };
    (server.setOnProcessingStartHook as SetHook)((transport, ctx, done) => {
      calls.push('start');
      return chains ? start.call(server, transport, ctx, done) : done();
    });
    server.setOnProcessingEndHook((transport: unknown, ctx: unknown) => {
      calls.push('end');
      if (chains) end.call(server, transport, ctx);
    });
    server.addHandler('event', async () => calls.push('handler'), true);
    await server.fire();
    await server.fire();
    expect(calls).toEqual(['start', 'handler', 'end', 'start', 'handler', 'end']);
    expect(tracing.spans.started).toHaveLength(0);
  });
});
