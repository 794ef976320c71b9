import { buildTraceTree } from '@distrace/zipkin';
import type { Span, TraceTree } from '@distrace/zipkin';

export const START = 1_700_000_000_000_000;

/** A span for tests: `id` and `parent` are small numbers, times microseconds from the start of the trace. */
export function span(
  id: number,
  parent: number | undefined,
  {
    at = 0,
    took = 100,
    ...rest
  }: { at?: number; took?: number } & Partial<Omit<Span, 'id' | 'traceId'>> = {},
): Span {
  return {
    traceId: '00000000000000aa',
    id: hex(id),
    ...(parent !== undefined && { parentId: hex(parent) }),
    name: `s${id}`,
    timestamp: START + at,
    ...(took > 0 && { duration: took }),
    localEndpoint: { serviceName: 'front' },
    ...rest,
  };
}

export function hex(id: number): string {
  return id.toString(16).padStart(16, '0');
}

export function treeOf(...spans: readonly Span[]): TraceTree {
  return buildTraceTree(spans);
}

/** 1 → (2 → 4, 3) */
export const SMALL: readonly Span[] = [
  span(1, undefined, { took: 1000 }),
  span(2, 1, { at: 100, took: 500 }),
  span(4, 2, { at: 150, took: 100, tags: { error: 'broken pipe' }, localEndpoint: { serviceName: 'back' } }),
  span(3, 1, { at: 700, took: 200, tags: { 'http.route': '/tasks' } }),
];
