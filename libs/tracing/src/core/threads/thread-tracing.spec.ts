import { once } from 'node:events';
import { MessageChannel, Worker } from 'node:worker_threads';
import { SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { AlwaysOffSampler } from '@opentelemetry/sdk-trace';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTracingHarness } from '../../testing/index.js';
import type { TracingHarness } from '../../testing/index.js';
import { TraceContextManager } from '../context/trace-context-manager.js';
import { TraceContext } from '../context/trace-context.js';
import { receiveThreadSpans } from './receive-thread-spans.js';
import { listenForTraceContext } from './thread-context.js';

// A worker runs what an application would: the built library.
const CORE = new URL('../../../dist/core/index.js', import.meta.url).href;

function startWorker(body: string, options = ''): Worker {
  const code = `
    import { parentPort, threadId } from 'node:worker_threads';
    import { connectThreadTracing, listenForTraceContext, TraceContext, TraceContextManager } from ${JSON.stringify(CORE)};
    connectThreadTracing(${options});
    listenForTraceContext();
    parentPort.on('message', (task) => { ${body} });`;
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`));
}

const started = (name: string) => tracing.spans.started.filter((span) => span.name === name);

let tracing: TracingHarness;
let worker: Worker;
beforeEach(() => {
  tracing = createTracingHarness();
});
afterEach(async () => {
  await worker.terminate();
  await tracing.close();
});

describe('spans of a worker thread', () => {
  it('go through the main thread’s processors, below the span that sent the task', async () => {
    worker = startWorker(`
      if (task['distrace.thread']) return;
      const tc = TraceContext.getFromObject(task);
      const span = tc.openNestedSpan('in the thread').addAnnotation('half way');
      tc.closeCurrentSpan();
      parentPort.postMessage({ done: span.getFlags() });`);
    using received = receiveThreadSpans(worker);
    const tc = TraceContext.create();
    const span = tc.openNestedSpan('main').addFlag('seen');
    const task = { text: 'x' };
    tc.attachOnObject(task);
    worker.postMessage(task);
    const answers: unknown[] = [];
    while (!answers.some((answer) => (answer as { done?: unknown }).done !== undefined)) {
      answers.push(...((await once(worker, 'message')) as unknown[]));
    }
    tc.closeCurrentSpan();

    expect(received).toBeDefined();
    expect(answers).toContainEqual({ done: ['seen'] });
    const thread = tracing.spans.named('in the thread');
    expect(thread.parentSpanContext?.spanId).toBe(span.spanId);
    expect(thread.attributes['thread.id']).toBe(worker.threadId);
    expect(thread.resource.attributes['service.name']).toBe('test');
    expect(thread.events.map((event) => event.name)).toEqual(['half way']);
    const started = tracing.spans.started.find((one) => one.name === 'in the thread');
    expect(started).toBe(thread);
  });

  it('are seen running while they run, also by a thread that waits for nothing', async () => {
    worker = startWorker(`
      TraceContext.create().openNestedSpan('long');
      Atomics.wait(task, 0, 0);
      process.exit(7);`);
    using received = receiveThreadSpans(worker);
    const gate = new Int32Array(new SharedArrayBuffer(4));
    worker.postMessage(gate);
    await vi.waitFor(() => expect(started('long')).toHaveLength(1), 20_000);
    expect(started('long')[0]?.isRecording()).toBe(true);
    expect(tracing.spans.ended).toEqual([]);

    Atomics.store(gate, 0, 1);
    Atomics.notify(gate, 0);
    await vi.waitFor(() => expect(tracing.spans.named('long')).toBe(started('long')[0]), 20_000);
    const { status, attributes, duration } = tracing.spans.named('long');
    expect(status).toEqual({
      code: SpanStatusCode.ERROR,
      message: 'the worker thread ended with exit code 7 before this span did',
    });
    expect(attributes['error.type']).toBe('span_abandoned');
    expect(duration[0] * 1e9 + duration[1]).toBeGreaterThan(0);
    expect(received).toBeDefined();
  });

  it.each([
    ['is terminated', 'Atomics.wait(task, 0, 0);'],
    ['throws', "throw new Error('on purpose');"],
  ])('end as failed when their thread %s', async (_, end) => {
    worker = startWorker(`TraceContext.create().openNestedSpan('cut off'); ${end}`);
    const failures: unknown[] = [];
    worker.on('error', (error) => failures.push(error));
    using received = receiveThreadSpans(worker);
    worker.postMessage(new Int32Array(new SharedArrayBuffer(4)));
    await vi.waitFor(() => expect(started('cut off')).toHaveLength(1), 20_000);
    await worker.terminate();
    await vi.waitFor(
      () => expect(tracing.spans.named('cut off').status.code).toBe(SpanStatusCode.ERROR),
      20_000,
    );
    expect(failures.length).toBeLessThanOrEqual(1);
    expect(received).toBeDefined();
  });

  it('end as failed when their thread dies and they came over a port of their own', async () => {
    const code = `
      import { workerData } from 'node:worker_threads';
      import { connectThreadTracing, TraceContext } from ${JSON.stringify(CORE)};
      connectThreadTracing({ port: workerData });
      TraceContext.create().openNestedSpan('cut off');
      setInterval(() => {}, 1000);`;
    const { port1, port2 } = new MessageChannel();
    worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), {
      workerData: port2,
      transferList: [port2],
    });
    using received = receiveThreadSpans(port1);
    await vi.waitFor(() => expect(started('cut off')).toHaveLength(1), 20_000);
    await worker.terminate();
    await vi.waitFor(
      () => expect(tracing.spans.named('cut off').status.code).toBe(SpanStatusCode.ERROR),
      20_000,
    );
    expect(received).toBeDefined();
  });

  it.each([
    ['are seen', '{ recordUnsampled: true }', ['below']],
    ['do not come', '', []],
  ])('%s below an unsampled span with options (%s)', async (_, options, seen) => {
    await tracing.close();
    const all = new Map<string, ReadableSpan>();
    const processor = {
      onStart: () => undefined,
      onEnd: (span: ReadableSpan) => void all.set(span.name, span),
      forceFlush: () => Promise.resolve(),
      shutdown: () => Promise.resolve(),
    };
    const sampler = new AlwaysOffSampler();
    tracing = createTracingHarness({ sampler, recordUnsampled: true, spanProcessors: [processor] });
    worker = startWorker(
      `
      if (task['distrace.thread']) return;
      TraceContext.getFromObject(task).openNestedSpan('below').otelSpan.end();
      parentPort.postMessage('done');`,
      options,
    );
    using received = receiveThreadSpans(worker);
    const tc = TraceContext.create();
    const { spanId } = tc.openNestedSpan('main');
    const task = {};
    tc.attachOnObject(task);
    const done = new Promise((resolve) => worker.on('message', (said) => said === 'done' && resolve(said)));
    worker.postMessage(task);
    await done;
    tc.closeCurrentSpan();
    expect([...all.keys()]).toEqual([...seen, 'main']);
    for (const name of seen) {
      expect(all.get(name)?.parentSpanContext?.spanId).toBe(spanId);
      expect(all.get(name)?.spanContext().traceFlags).toBe(TraceFlags.NONE);
    }
    expect(tracing.spans.ended).toEqual([]);
    expect(received).toBeDefined();
  });

  it('see the trace that was attached to their thread', async () => {
    worker = startWorker(`
      if (task['distrace.thread']) return;
      parentPort.postMessage(new TraceContextManager().getTraceFromThread()?.getTraceId() ?? 'none');`);
    const tc = TraceContext.create();
    tc.openNestedSpan('main');
    const attached = new TraceContextManager().attachTraceToThread(tc, worker);
    worker.postMessage('ask');
    expect(await once(worker, 'message')).toEqual([tc.getTraceId()]);
    attached[Symbol.dispose]();
    worker.postMessage('ask');
    expect(await once(worker, 'message')).toEqual(['none']);
    tc.closeCurrentSpan();
  });
});

describe('a MessagePort', () => {
  it('carries a trace context to whoever listens at its other end', async () => {
    worker = startWorker('');
    const { port1, port2 } = new MessageChannel();
    using listening = listenForTraceContext(port2);
    const tc = TraceContext.create();
    tc.openNestedSpan('main');
    new TraceContextManager().attachTraceToThread(tc, port1);
    await vi.waitFor(() =>
      expect(new TraceContextManager().getTraceFromThread()?.getTraceId()).toBe(tc.getTraceId()),
    );
    new TraceContextManager().attachTraceToThread(tc, port1)[Symbol.dispose]();
    await vi.waitFor(() => expect(new TraceContextManager().getTraceFromThread()).toBeNull());
    expect(listening).toBeDefined();
    tc.closeCurrentSpan();
    port1.close();
  });
});
