import { startSdk, TraceContext } from '@distrace/tracing/core';
import type { RunningSdk } from '@distrace/tracing/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inClass, method } from '../../matchers/index.js';
import { defineInterceptor } from '../define-interceptor.js';
import { testInterceptor } from '../test-interceptor.js';
import { ReflectionUtils } from './reflection-utils.js';
import { StackTraceUtils } from './stack-trace-utils.js';
import { StorageUtils } from './storage-utils.js';
import { TransformerUtils } from './transformer-utils.js';

// A task that is set up on its node, splits itself into halves that are set up as well, and completes from the leaves
// up, each in a callback of its own. Only the task that was submitted is to be a span.
const SOURCE = `
class Task {
  constructor(size) { this.size = size; }
  submit() { this.setupLocal(); }
  setupLocal() {
    if (this.size === 1) return setImmediate(() => this.onCompletion());
    this.pending = 2;
    for (let i = 0; i < 2; i++) {
      const half = new Task(this.size / 2);
      half.parent = this;
      half.setupLocal();
    }
  }
  onCompletion() {
    if (this.parent === undefined) return this.done();
    if (--this.parent.pending === 0) setImmediate(() => this.parent.onCompletion());
  }
}
exports.run = (size) => new Promise((done) => { const task = new Task(size); task.done = done; task.submit(); });
`;

const field = TransformerUtils.defineTraceContextField();
const LOCAL = 'opened-here';

const setup = defineInterceptor({
  name: 'setup',
  match: inClass('Task').and(method('setupLocal')),
  onEnter({ self }) {
    const trace = TraceContext.create();
    const span = trace.openNestedSpan(`task of ${ReflectionUtils.getField(self, 'size')}`);
    // A half is set up inside the set-up of the whole.
    if (StackTraceUtils.numMethodCalls('Task.setupLocal') === 1) span.addFlag(LOCAL);
    field.set(self as object, trace);
  },
});

const complete = defineInterceptor({
  name: 'complete',
  match: inClass('Task').and(method('onCompletion')),
  onEnter({ self }) {
    const trace = field.take(self as object);
    if (trace?.getCurrentSpan().hasFlag(LOCAL) !== true) return;
    trace.closeCurrentSpan();
    StorageUtils.getList<string>('closed').push(trace.getTraceId());
  },
});

describe('a span that opens in one method and closes in another', () => {
  const ended: ReadableSpan[] = [];
  let sdk: RunningSdk;

  beforeAll(async () => {
    const nothing = async (): Promise<void> => {};
    const collect = { onStart() {}, onEnd: (span: ReadableSpan) => void ended.push(span) };
    sdk = await startSdk({
      exporter: false,
      spanProcessors: [{ ...collect, forceFlush: nothing, shutdown: nothing }],
    });
  });

  afterAll(async () => {
    StorageUtils.removeList('closed');
    await sdk.shutdown();
  });

  it('is told by its flag from those that shall not be seen', async () => {
    const { exports, problems } = testInterceptor<{ run(size: number): Promise<void> }>(SOURCE, [
      setup,
      complete,
    ]);
    await Promise.all([exports.run(4), exports.run(8)]);
    expect(problems).toEqual([]);
    expect(ended.map(({ name }) => name).toSorted()).toEqual(['task of 4', 'task of 8']);
    expect(StorageUtils.getList('closed').toSorted()).toEqual(
      ended.map((span) => span.spanContext().traceId).toSorted(),
    );
    expect(JSON.stringify(ended.map(({ attributes }) => attributes))).not.toContain(LOCAL);
  });
});
