import { encodeV2 } from '@distrace/zipkin';
import { expect, it } from 'vitest';
import { hex, span, START } from '../model/sample.spec.helper.js';
import { layOutSpans, readTrace } from './load-trace.js';

it('reads a trace of more spans than one body may hold', () => {
  const spans = Array.from({ length: 120_000 }, (_, i) => span(i + 1, i === 0 ? undefined : 1, { at: i }));
  const { totals, tree } = readTrace(encodeV2(spans));
  expect(totals.spans).toBe(120_000);
  expect(tree.size).toBe(32_000);
});

it('has the numbers and the tree of all spans where it shows a part of them', () => {
  const spans = [
    span(1, undefined),
    span(2, 1),
    span(3, 2, { at: 50, took: 9000, localEndpoint: { serviceName: 'deep' } }),
  ];
  const loaded = layOutSpans(spans, 2);
  expect(loaded.tree.nodes.map(({ span: { id } }) => id)).toEqual([hex(1), hex(2)]);
  expect(loaded.totals).toEqual({ spans: 3, services: 2, start: START, end: START + 9050 });
  expect(loaded.whole().size).toBe(3);
  expect(readTrace(encodeV2(spans), 2).whole().size).toBe(3);
});

it('shows what the server took, also by ids that it would not take from the page', () => {
  const traceId = 'd'.repeat(16) + '0'.repeat(16);
  const text = JSON.stringify([hex(1), '0'.repeat(16)].map((id) => ({ traceId, id, name: id })));
  expect(
    readTrace(text)
      .tree.nodes.map(({ span: { id } }) => id)
      .toSorted(),
  ).toEqual(['0'.repeat(16), hex(1)]);
});
