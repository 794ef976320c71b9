import { once } from 'node:events';
import { MessageChannel, Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTracingHarness } from '../../testing/index.js';
import type { TracingHarness } from '../../testing/index.js';
import { TraceContextManager } from '../context/trace-context-manager.js';
import { TraceContext } from '../context/trace-context.js';
import { receiveThreadSpans } from './receive-thread-spans.js';
import { listenForTraceContext } from './thread-context.js';

// A worker runs what an application would: the built library.
const CORE = new URL('../../../dist/core/index.js', import.meta.url).href;

function startWorker(body: string): Worker {
  const code = `
    import { parentPort, threadId } from 'node:worker_threads';
    import { connectThreadTracing, listenForTraceContext, TraceContext, TraceContextManager } from ${JSON.stringify(CORE)};
    connectThreadTracing();
    listenForTraceContext();
    parentPort.on('message', (task) => { ${body} });`;
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`));
}

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
