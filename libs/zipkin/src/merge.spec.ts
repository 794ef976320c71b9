import { describe, expect, it } from 'vitest';
import { loadCases } from './load-cases.spec.helper.js';
import { mergeSpans } from './merge.js';
import { Picks } from './random.spec.helper.js';
import type { Span } from './span.js';

const cases = await loadCases<Span[], Span[]>('merge.json');
const ids = { traceId: '463ac35c9f6413ad48485a3953bb6124', id: '00000000000000b1' };
const client = { serviceName: 'client', ipv4: '10.0.0.1' };

/** Fixtures have short ids, which a decoder would have padded. */
const padded = (spans: readonly Span[]): Span[] =>
  spans.map((span) => ({
    ...span,
    traceId: span.traceId.padStart(16, '0'),
    id: span.id.padStart(16, '0'),
    ...(span.parentId && { parentId: span.parentId.padStart(16, '0') }),
  }));

describe('mergeSpans', () => {
  it.each(cases)('agrees with Zipkin: $name', ({ input, expected }) => {
    expect(mergeSpans(padded(input))).toEqual(expected);
  });

  it('joins an opening and a closing piece', () => {
    const open: Span = {
      ...ids,
      kind: 'CLIENT',
      name: 'send',
      timestamp: 100,
      localEndpoint: client,
      tags: { a: '1' },
    };
    const close: Span = {
      ...ids,
      kind: 'CLIENT',
      timestamp: 100,
      duration: 9,
      localEndpoint: client,
      tags: { b: '2' },
    };
    expect(mergeSpans([close, open])).toEqual([
      {
        ...ids,
        kind: 'CLIENT',
        name: 'send',
        timestamp: 100,
        duration: 9,
        localEndpoint: client,
        tags: { a: '1', b: '2' },
      },
    ]);
  });

  it('lets the earliest piece name the span and the latest set a tag, whatever came first', () => {
    const early: Span = { ...ids, name: 'one', timestamp: 3, tags: { k: 'early' } };
    const late: Span = { ...ids, name: 'two', timestamp: 5, tags: { k: 'late' } };
    const expected = [{ ...ids, name: 'one', timestamp: 3, tags: { k: 'late' } }];
    expect(mergeSpans([early, late])).toEqual(expected);
    expect(mergeSpans([late, early])).toEqual(expected);
  });

  it('unites annotations, each once, and tells them apart by endpoint', () => {
    const a: Span = { ...ids, annotations: [{ timestamp: 2, value: 'x' }] };
    const b: Span = {
      ...ids,
      annotations: [
        { timestamp: 1, value: 'y' },
        { timestamp: 2, value: 'x' },
      ],
    };
    const c: Span = { ...ids, annotations: [{ timestamp: 2, value: 'x', endpoint: client }] };
    expect(mergeSpans([a, b, c])[0]!.annotations).toEqual([
      { timestamp: 1, value: 'y' },
      { timestamp: 2, value: 'x' },
      { timestamp: 2, value: 'x', endpoint: client },
    ]);
  });

  it('keeps spans of other traces apart, but not the short and the long form of one trace id', () => {
    const short = { ...ids, traceId: ids.traceId.slice(16), duration: 4 };
    const other = { ...ids, traceId: '0000000000000001' };
    expect(mergeSpans([short, ids, other])).toEqual([other, { ...ids, duration: 4 }]);
  });

  it('keeps two kinds with one id and one endpoint apart', () => {
    const spans: Span[] = [
      { ...ids, kind: 'CLIENT', timestamp: 1, localEndpoint: client },
      { ...ids, kind: 'SERVER', timestamp: 2, localEndpoint: client },
    ];
    expect(mergeSpans(spans)).toEqual(spans);
  });

  it('gives the same for any order of the pieces, and merging again changes nothing', () => {
    const picks = new Picks(3);
    for (let i = 0; i < 500; i++) {
      const pieces = Array.from({ length: picks.number(1, 8) }, () => {
        const { parentId, ...span } = picks.span();
        const { kind, localEndpoint, timestamp, ...rest } = span;
        return {
          ...rest,
          id: picks.of(['00000000000000b1', '00000000000000b2']),
          ...picks.maybe(() => ({ kind })),
          ...picks.maybe(() => ({ localEndpoint })),
          ...picks.maybe(() => ({ timestamp })),
          ...(parentId && { parentId }),
        };
      });
      const merged = mergeSpans(pieces);
      expect(mergeSpans(picks.shuffled(pieces))).toEqual(merged);
      expect(mergeSpans(merged)).toEqual(merged);
      expect(mergeSpans([...pieces, ...pieces])).toEqual(merged);
    }
  });
});
