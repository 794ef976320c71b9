import { expect, it } from 'vitest';
import { summarise } from '@distrace/zipkin';
import { span } from './sample.spec.helper.js';
import { sortTraces } from './sort-traces.js';

const traces = [
  summarise([span(1, undefined, { took: 50 })]),
  summarise([span(2, undefined, { took: 900 })]),
  summarise([span(3, undefined, { took: 50 }), span(4, 3, { took: 10 })]),
  summarise([{ traceId: '00000000000000aa', id: '5'.padStart(16, '0') }]),
];
const order = (sort: 'newest' | 'longest' | 'largest') =>
  sortTraces(traces, sort).map((trace) => traces.indexOf(trace));

it('puts the longest or the largest first, and leaves what is equal as it came', () => {
  expect(order('newest')).toEqual([0, 1, 2, 3]);
  expect(order('longest')).toEqual([1, 0, 2, 3]);
  expect(order('largest')).toEqual([2, 0, 1, 3]);
});
