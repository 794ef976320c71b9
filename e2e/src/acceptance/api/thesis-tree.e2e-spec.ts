import { setImmediate as nextTurn } from 'node:timers/promises';
import { TraceContext } from '@distrace/tracing';
import { createTracingHarness, expectTrace } from '@distrace/tracing/testing';
import type { TracingHarness } from '@distrace/tracing/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { inSpan } from '../support/spans.ts';

let tracing: TracingHarness;
beforeEach(() => {
  tracing = createTracingHarness();
});
afterEach(() => tracing.close());

/** What an object is after a network. */
const overTheNetwork = <T extends object>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** The exporter of the thesis' example, word for word. */
function exportResult(result: object): void {
  const tc = TraceContext.getFromObject(result);
  tc.openSpan('Exporter span');
  tc.closeCurrentSpan();
}

/** Its executor, which does not wait for the exporter. */
function execute(task: object): void {
  const tc = TraceContext.getFromObject(task);
  tc.openSpan('Executor span');
  const result = { words: 3 };
  tc.attachOnObject(result);
  const sent = overTheNetwork(result);
  tc.closeCurrentSpan();
  exportResult(sent);
}

/** Its client, which does. */
function acceptTask(task: object): TraceContext {
  const tc = TraceContext.create();
  tc.attachOnObject(task);
  const span = tc.openSpan('Main Client Span');
  span.addAnnotation('tskReceived', Date.now());
  span.addAnnotation('tskPreprocessed', Date.now());
  execute(overTheNetwork(task));
  return tc.closeCurrentSpan();
}

it('37: the example of the thesis leaves its tree: client, executor and exporter below each other', () => {
  const tc = acceptTask({ text: 'one two three' });
  expectTrace(tracing.spans.ended).toHaveTree(`
    INTERNAL Main Client Span
      INTERNAL Executor span
        INTERNAL Exporter span
  `);
  const main = tracing.spans.named('Main Client Span');
  expect(main.parentSpanContext).toBeUndefined();
  expect(main.events.map(({ name }) => name)).toEqual(['tskReceived', 'tskPreprocessed']);
  expect(main.spanContext().traceId).toBe(tc.getTraceId());
  expect(tc.openSpanCount).toBe(0);
});

it('37: nested spans opened and closed here are a tree as well, with the last opened one the current one', () => {
  const tc = TraceContext.create();
  const outer = tc.openNestedSpan('outer');
  tc.openNestedSpan('first');
  tc.openNestedSpan('below first');
  tc.closeCurrentSpan().closeCurrentSpan();
  expect(tc.getCurrentSpan()).toBe(outer);
  tc.openNestedSpan('second');
  tc.closeCurrentSpan().closeCurrentSpan();
  expectTrace(tracing.spans.ended).toHaveTree(`
    INTERNAL outer
      INTERNAL first
        INTERNAL below first
      INTERNAL second
  `);
});

it('37: closing on an empty stack is no error, ends nobody’s span and leaves the context usable', async () => {
  const tc = TraceContext.create();
  expect(tc.closeCurrentSpan().closeCurrentSpan()).toBe(tc);
  await inSpan('a handler', async () => {
    const here = TraceContext.current();
    here.openNestedSpan('mine');
    here.closeCurrentSpan().closeCurrentSpan();
    await nextTurn();
    expect(tracing.spans.ended.map(({ name }) => name)).toEqual(['mine']);
  });
  tc.openNestedSpan('after all');
  tc.closeCurrentSpan();
  expect(tracing.spans.ended.map(({ name }) => name)).toEqual(['mine', 'a handler', 'after all']);
  expect(tracing.spans.named('after all').spanContext().traceId).toBe(tc.getTraceId());
});

it('37: 50 parallel copies of a trace make spans of their own, with ids of their own', async () => {
  const tc = TraceContext.create();
  const root = tc.openNestedSpan('root');
  await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      const copy = tc.copy();
      const span = copy.openNestedSpan(`branch ${index}`);
      await nextTurn();
      copy.openNestedSpan(`leaf ${index}`);
      await nextTurn();
      expect(copy.closeCurrentSpan().getCurrentSpan()).toBe(span);
      copy.closeCurrentSpan();
    }),
  );
  expect(tc.getCurrentSpan()).toBe(root);
  tc.closeCurrentSpan();

  const { ended } = tracing.spans;
  expect(ended).toHaveLength(101);
  expect(new Set(ended.map((span) => span.spanContext().spanId)).size).toBe(101);
  expect(new Set(ended.map((span) => span.spanContext().traceId))).toEqual(new Set([root.traceId]));
  for (let index = 0; index < 50; index += 1) {
    const branch = tracing.spans.named(`branch ${index}`);
    const leaf = tracing.spans.named(`leaf ${index}`);
    expect(branch.parentSpanContext?.spanId).toBe(root.spanId);
    expect(leaf.parentSpanContext?.spanId).toBe(branch.spanContext().spanId);
  }
});
