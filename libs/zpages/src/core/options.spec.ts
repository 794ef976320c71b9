import { expect, it } from 'vitest';
import { SpanAggregator } from './aggregator.js';

it.each([
  [{ samplesPerBucket: -1 }, 'samplesPerBucket is a whole number, at least 0, got -1;'],
  [{ maxNames: 1.5 }, 'maxNames is a whole number, at least 0, got 1.5;'],
  [{ maxRunningSpans: '5' as unknown as number }, 'maxRunningSpans is a whole number, at least 0, got "5";'],
  [{ handOffCapacity: 513 }, 'handOffCapacity is a whole number, at least 1 and at most 512, got 513;'],
  [{ maxEvents: 2 }, 'maxEvents is a whole number, at least 3, got 2;'],
])('%j is refused, with the rule', (options, rule) => {
  expect(() => new SpanAggregator(options)).toThrow(
    expect.objectContaining({ code: 'DT_ERR_ZPAGES_OPTION' }),
  );
  expect(() => new SpanAggregator(options)).toThrow(rule);
});

it('an option that is undefined has its default', () => {
  const { answer } = new SpanAggregator({ maxNames: undefined }).query({ kind: 'aggregations' }) as {
    answer: { self: { maxNames: number } };
  };
  expect(answer.self.maxNames).toBe(1000);
});
