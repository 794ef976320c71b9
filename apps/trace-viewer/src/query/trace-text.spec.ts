import { describe, expect, it } from 'vitest';
import { hex, span, storeOf, timed } from '../store/store.spec.helper.js';
import { spansOf, tracesToJson, traceToJson } from './trace-text.js';

describe('traceToJson', () => {
  it('keeps the order of arrival, but for spans that began in one millisecond, as Zipkin does', () => {
    const spans = [
      timed(1, 1, 5_000_100),
      timed(1, 2, 6_000_000),
      timed(1, 3, 5_000_900, { name: 'x,"timestamp":9' }),
      span(1, 4, { annotations: [{ timestamp: 5_000_000, value: 'a' }], tags: { timestamp: '5000000' } }),
      timed(1, 5, 6_000_001),
    ];
    const trace = storeOf(spans).trace(hex(1))!;
    const order = (JSON.parse([...traceToJson(trace)].join('')) as { id: string }[]).map(({ id }) => id);
    expect(order).toEqual([1, 3, 2, 5, 4].map(hex));
    expect(spansOf(trace).map(({ id }) => id)).toEqual([1, 2, 3, 4, 5].map(hex));
  });
});

describe('tracesToJson', () => {
  it('gives a list of lists', () => {
    const store = storeOf([timed(1, 1, 1), timed(1, 2, 2), timed(2, 1, 3)]);
    const textOf = (...ids: number[]) => [...tracesToJson(ids.map((id) => store.trace(hex(id))!))].join('');
    expect(textOf()).toBe('[]');
    expect((JSON.parse(textOf(1, 2)) as unknown[][]).map((spans) => spans.length)).toEqual([2, 1]);
  });
});
