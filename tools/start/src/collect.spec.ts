import type { Span } from '@distrace/zipkin';
import { describe, expect, it } from 'vitest';
import { collectTrace, explain } from './collect.ts';
import type { TraceRead } from './read-trace.ts';
import { goldenSpans } from './testing/golden-spans.ts';

/** Reads come one after the other; the clock moves only while somebody waits. */
async function collect(reads: readonly (readonly Span[])[], deadlineMs = 1_000) {
  let time = 0;
  let read = 0;
  const collected = await collectTrace({
    chunks: 3,
    read: async () => ({ spans: reads[Math.min(read++, reads.length - 1)]! }),
    mergeSpans: (spans) => spans,
    signal: new AbortController().signal,
    deadlineMs,
    now: () => time,
    wait: async (ms) => {
      time += ms;
    },
  });
  return { ...collected, time };
}

describe('collecting a trace', () => {
  it('waits until it is complete', async () => {
    const all = goldenSpans();
    const { check, time } = await collect([[], all.slice(0, 5), all]);
    expect(check.complete).toBe(true);
    expect(time).toBe(200);
  });

  it('gives up at the deadline with what is missing', async () => {
    const collected = await collect([goldenSpans().slice(1)]);
    expect(collected.time).toBe(1_000);
    expect(explain(collected, {})).toEqual(['missing: client "POST /tasks" (0 spans of 1)']);
  });

  it('does not wait when waiting cannot help', async () => {
    const stranger = { ...goldenSpans()[0]!, id: 'ff', name: 'GET' };
    const collected = await collect([[...goldenSpans(), stranger]]);
    expect(collected.time).toBe(0);
    expect(explain(collected, { OTEL_SDK_DISABLED: 'true' })).toEqual([
      'unexpected: client "GET" (1 span) has no place in the tree',
      'OTEL_SDK_DISABLED=true is set and the apps obey it; unset it to see a whole trace',
    ]);
  });

  it('says why nothing could be read, and goes on reading', async () => {
    const reads: TraceRead[] = [{ spans: [], problem: 'no answer' }, { spans: goldenSpans() }];
    const options = {
      chunks: 3,
      mergeSpans: (spans: readonly Span[]) => spans,
      signal: new AbortController().signal,
      now: () => 0,
      wait: async () => undefined,
    };
    const mended = await collectTrace({ ...options, read: async () => reads.shift()! });
    expect(explain(mended, {})).toEqual([]);
    const lost = await collectTrace({
      ...options,
      deadlineMs: 0,
      read: async () => ({ spans: [], problem: 'no answer' }),
    });
    expect(explain(lost, {})[0]).toBe('the trace could not be read: no answer');
  });

  it('has nothing to explain about a complete trace', async () => {
    expect(explain(await collect([goldenSpans()]), { OTEL_TRACES_SAMPLER: 'always_on' })).toEqual([]);
  });
});
