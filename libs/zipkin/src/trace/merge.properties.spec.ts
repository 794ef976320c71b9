import { array, assert, constant, nat, property, shuffledSubarray, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeSpans } from './merge.js';
import { spanOf } from '../random-spans.spec.helper.js';
import type { Span } from '../span.js';

const runs = { numRuns: 500 };
const pieces = array(array(nat(29), { minLength: 18, maxLength: 18 }), { maxLength: 14 }).map((list) =>
  list.map((numbers) => spanOf(numbers, { ids: 3 })),
);
const tagsOf = (spans: readonly Span[]): Set<string> =>
  new Set(spans.flatMap(({ id, tags = {} }) => Object.keys(tags).map((key) => `${id} ${key}`)));

describe('mergeSpans, whatever comes', () => {
  it('changes nothing when done again', () => {
    assert(
      property(pieces, (spans) => {
        const merged = mergeSpans(spans);
        expect(mergeSpans(merged)).toEqual(merged);
      }),
      runs,
    );
  });

  it('gives the same for any order of arrival', () => {
    const twoOrders = pieces.chain((spans) =>
      tuple(constant(spans), shuffledSubarray(spans, { minLength: spans.length })),
    );
    assert(
      property(twoOrders, ([spans, others]) => {
        expect(mergeSpans(others)).toEqual(mergeSpans(spans));
      }),
      runs,
    );
  });

  it('takes what came twice as if it came once', () => {
    assert(
      property(pieces, (spans) => {
        expect(mergeSpans([...spans, ...spans])).toEqual(mergeSpans(spans));
      }),
      runs,
    );
  });

  it('keeps every id, every tag and every duration that any piece has', () => {
    assert(
      property(pieces, (spans) => {
        const merged = mergeSpans(spans);
        expect(new Set(merged.map(({ id }) => id))).toEqual(new Set(spans.map(({ id }) => id)));
        expect(tagsOf(merged)).toEqual(tagsOf(spans));
        const timed = (list: readonly Span[]): Set<string> =>
          new Set(list.filter(({ duration }) => duration !== undefined).map(({ id }) => id));
        expect([...timed(merged)]).toEqual(expect.arrayContaining([...timed(spans)]));
      }),
      runs,
    );
  });

  it('writes into none of the spans it is given', () => {
    const deepFreeze = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      Object.freeze(value);
      Object.values(value).forEach(deepFreeze);
    };
    assert(
      property(pieces, (spans) => {
        deepFreeze(spans);
        expect(() => mergeSpans(spans)).not.toThrow();
      }),
      runs,
    );
  });
});
