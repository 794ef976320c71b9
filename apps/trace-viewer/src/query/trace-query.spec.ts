import { describe, expect, it } from 'vitest';
import { ViewerProblem } from '../problem.js';
import { normaliseTraceId } from './trace-id.js';
import { parseAnnotationQuery, readTraceQuery } from './trace-query.js';

const read = (query: string) => readTraceQuery(new URLSearchParams(query), { nowMs: 1000, lookbackMs: 600 });

describe('readTraceQuery', () => {
  it("has Zipkin's defaults", () => {
    expect(read('')).toEqual({
      terms: { annotations: new Map() },
      window: { beginMs: 400, endMs: 1000 },
      limit: 10,
    });
  });

  it.each([
    [
      'limit=0',
      'The parameter limit must be a whole number from 1 to 100000, got "0". Correct it or leave it out.',
    ],
    ['limit=1.5', 'got "1.5"'],
    ['endTs=yesterday', 'The parameter endTs must be a whole number from 1 on, got "yesterday".'],
    ['lookback=0', 'lookback'],
    ['minDuration=-1', 'minDuration'],
    ['maxDuration=5', 'maxDuration needs minDuration'],
    ['minDuration=5&maxDuration=4', 'maxDuration must be at least minDuration (5), got 4'],
    ['endTs=99999999999999999999999', 'endTs'],
  ])('refuses %s with the rule and what came', (query, message) => {
    expect(() => read(query)).toThrow(message);
    expect(() => read(query)).toThrow(ViewerProblem);
  });
});

describe('parseAnnotationQuery', () => {
  it.each([
    ['', []],
    ['error', [['error', '']]],
    [
      'a=b and c',
      [
        ['a', 'b'],
        ['c', ''],
      ],
    ],
    [' a = b c ', [['a', 'b c']]],
    ['a=b=c', [['a', 'b=c']]],
    ['a=1 and a=2', [['a', '2']]],
    ['a=1 and a', [['a', '1']]],
  ])('reads %j', (text, terms) => {
    expect([...parseAnnotationQuery(text)]).toEqual(terms);
  });
});

describe('normaliseTraceId', () => {
  it.each([
    ['a', '000000000000000a'],
    ['a ', '000000000000000a'],
    ['1234567890abcdef1', '0000000000000001234567890abcdef1'],
    [`${'0'.repeat(16)}1234567890abcdef`, '1234567890abcdef'],
    ['7180c278b62e8f6a216a2aea45d08fc9', '7180c278b62e8f6a216a2aea45d08fc9'],
  ])('reads %j as %s', (text, id) => {
    expect(normaliseTraceId(text)).toBe(id);
  });

  it.each(['', '0', '0'.repeat(32), 'ABC', 'xyz', '1'.repeat(33), '37f97c88-e5e9-11f1-9234-0242ac120002'])(
    'refuses %j',
    (text) => {
      expect(() => normaliseTraceId(text)).toThrow('A trace id must be');
    },
  );
});
