import { describe, expect, it } from 'vitest';
import { decodeSpans } from '../index.js';
import { answerOf, titled } from '../differences.spec.helper.js';
import { loadCases } from '../load-cases.spec.helper.js';
import type { Span } from '../span.js';
import { groupTraces } from './group-traces.js';
import { mergeSpans } from './merge.js';

const cases = await loadCases<unknown[], Span[][]>('store.json');

describe('groupTraces', () => {
  it.each(titled(cases))('%s', (_, one) => {
    const traces = groupTraces(decodeSpans(JSON.stringify(one.input), { format: 'v2' }));
    expect([...traces.values()].map(mergeSpans)).toEqual(answerOf(one));
  });

  it('keeps traces and their pieces in the order in which they came', () => {
    const spans = ['b', 'a', 'b'].map((traceId, index): Span => ({ traceId, id: `${index}` }));
    expect([...groupTraces(spans)]).toEqual([
      ['b', [spans[0], spans[2]]],
      ['a', [spans[1]]],
    ]);
  });
});
