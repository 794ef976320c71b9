import { buildTraceTree, groupTraces } from '@distrace/zipkin';
import { describe, expect, it } from 'vitest';
import { bigTrace, deploymentTraces, loneSpans, SPANS_PER_TASK } from './spans.ts';

describe('the spans that are sent', () => {
  it('are whole traces of three services, each with an id of its own', async () => {
    const traces = [...groupTraces((await deploymentTraces())(SPANS_PER_TASK * 50)).values()];
    expect(traces).toHaveLength(50);
    for (const spans of traces) {
      const { roots, missingParentIds, size } = buildTraceTree(spans);
      expect([roots.length, missingParentIds, size]).toEqual([1, [], SPANS_PER_TASK]);
      const services = new Set(spans.map(({ localEndpoint }) => localEndpoint?.serviceName));
      expect([...services].toSorted()).toEqual(['client', 'executor', 'exporter']);
    }
  });

  it('go on where the last call ended, never twice', async () => {
    const next = await loneSpans();
    const ids = [...next(30), ...next(30)].map(({ traceId, parentId }) => `${traceId} ${parentId}`);
    expect(new Set(ids).size).toBe(60);
    expect(ids.every((id) => id.endsWith(' undefined'))).toBe(true);
  });

  it('of the big trace are one tree of several levels', () => {
    const { roots, size, missingParentIds, rows } = buildTraceTree(
      bigTrace(5000, { traceId: 'a'.repeat(32), start: 1_700_000_000_000_000 }),
    );
    expect([roots.length, size, missingParentIds]).toEqual([1, 5000, []]);
    expect(Math.max(...rows.depth)).toBeGreaterThan(5);
  });
});
