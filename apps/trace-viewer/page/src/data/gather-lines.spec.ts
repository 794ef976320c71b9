import { expect, it, vi } from 'vitest';
import type { ListedTrace, TraceList } from './api.js';
import { gatherLines, type LinesWanted } from './gather-lines.js';

/** A server with so many traces. */
const serverOf = (total: number) =>
  vi.fn<(wanted: LinesWanted) => Promise<TraceList>>(async ({ limit, before = '0' }) => {
    const from = Number(before);
    const traces = Array.from({ length: Math.min(limit, total - from) }, (_, at) => ({
      traceId: `${from + at}`,
    }));
    return {
      traces: traces as unknown as readonly ListedTrace[],
      ...(from + limit < total && { next: `${from + limit}` }),
    };
  });

it('asks for all lines that were loaded, page by page', async () => {
  const ask = serverOf(1000);
  const { traces, next } = await gatherLines(450, ask);
  expect(traces.map(({ traceId }) => Number(traceId))).toEqual(Array.from({ length: 450 }, (_, at) => at));
  expect(next).toBe('450');
  expect(ask.mock.calls.map(([{ limit }]) => limit)).toEqual([200, 200, 50]);
});

it('ends where the list ends', async () => {
  const ask = serverOf(210);
  const { traces, next } = await gatherLines(450, ask);
  expect([traces.length, next, ask.mock.calls.length]).toEqual([210, undefined, 2]);
});
