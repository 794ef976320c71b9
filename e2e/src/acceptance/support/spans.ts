import type { TracingHarness } from '@distrace/tracing/testing';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { trace } from '@opentelemetry/api';
import { vi } from 'vitest';

const SOON = { timeout: 20_000, interval: 5 };

/** The only span of that name, as soon as it has ended. */
export function endedSpan(tracing: TracingHarness, name: string): Promise<ReadableSpan> {
  return vi.waitFor(() => tracing.spans.named(name), SOON);
}

/** All ended spans, as soon as there are that many. */
export async function endedSpans(tracing: TracingHarness, count: number): Promise<readonly ReadableSpan[]> {
  await vi.waitFor(() => {
    const { ended } = tracing.spans;
    if (ended.length >= count) return;
    throw new Error(`Expected ${count} spans, ended: ${ended.map(({ name }) => name).join(', ') || 'none'}.`);
  }, SOON);
  return tracing.spans.ended;
}

/** Runs `work` in a span of that name, as a request would; answers the span's ids and the result. */
export async function inSpan<T>(name: string, work: () => Promise<T>) {
  return await trace.getTracer('test').startActiveSpan(name, async (span) => {
    try {
      return { ...span.spanContext(), result: await work() };
    } finally {
      span.end();
    }
  });
}
