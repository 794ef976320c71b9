import { afterEach, expect, it } from 'vitest';
import { createTracingHarness } from '../../testing/index.js';
import type { TracingHarness } from '../../testing/index.js';
import { TraceContext } from '../context/trace-context.js';

const fail = (): never => {
  throw new Error('bad');
};
let tracing: TracingHarness | undefined;
afterEach(() => tracing?.close());

it('a processor that throws everywhere hurts neither the application nor the other processors', async () => {
  const bad = { onStart: fail, onEnding: fail, onEnd: fail, forceFlush: fail, shutdown: fail };
  tracing = createTracingHarness({ spanProcessors: [bad], maxQueueSize: 1 });
  const tc = TraceContext.create();
  tc.openNestedSpan('work');
  expect(() => tc.closeCurrentSpan()).not.toThrow();
  expect(tracing.spans.named('work')).toBeDefined();
  await expect(tracing.close()).resolves.toBeUndefined();
});

it('a sampler that throws costs its spans, nothing else', () => {
  tracing = createTracingHarness({ sampler: { shouldSample: fail, toString: () => 'bad' } });
  const tc = TraceContext.create();
  expect(tc.openNestedSpan('work').otelSpan.isRecording()).toBe(false);
  tc.closeCurrentSpan();
  expect(tracing.spans.ended).toEqual([]);
});
