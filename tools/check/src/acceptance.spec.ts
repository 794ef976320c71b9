import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkAcceptance, formatGap, numbersOf, readPromises } from './acceptance.ts';

const test = (name: string, state = 'passed') => ({ type: 'test', name, result: () => ({ state }) });
const module = (relativeModuleId: string, ...children: readonly ReturnType<typeof test>[]) => ({
  type: 'module',
  relativeModuleId,
  children: [{ type: 'suite', name: '5: a suite is no test', children }],
});
const promise = (number: number) => ({ number, sentence: 'Something holds.' });

describe('the numbers of a test', () => {
  it('stand before a colon, at the very beginning of its own name', () => {
    expect(numbersOf('12: a fanout exchange')).toEqual([12]);
    expect(numbersOf('7, 8: a span ends')).toEqual([7, 8]);
    for (const name of ['2,000 messages', '12 messages: all there', 'see 12: there', '7,8: a', '']) {
      expect(numbersOf(name)).toEqual([]);
    }
  });
});

describe('acceptance', () => {
  it('misses a number whose tests were all skipped, failed or elsewhere', () => {
    const modules = [
      module(
        'e2e/a.ts',
        test('1: a'),
        test('2: b', 'skipped'),
        test('3: c', 'failed'),
        test('3: d', 'skipped'),
      ),
      module('libs/b.ts', test('4: e')),
    ];
    const gap = checkAcceptance([1, 2, 3, 4, 5].map(promise), modules, 'e2e/');
    expect(gap).toEqual({ untested: [2, 3, 4, 5], unlisted: [] });
    expect(formatGap(gap, 'page.md')).toEqual([
      'No test ran and passed for the numbers of page.md: 2, 3, 4, 5',
    ]);
  });

  it('is held by one passing test among several of a number, and by a test of several numbers', () => {
    const modules = [module('e2e/a.ts', test('1: a', 'skipped'), test('1: b'), test('2, 3: c'))];
    const gap = checkAcceptance([1, 2, 3].map(promise), modules, 'e2e/');
    expect(formatGap(gap, 'page.md')).toEqual([]);
  });

  it('names numbers that no row promises, skipped or not', () => {
    const gap = checkAcceptance([], [module('e2e/a.ts', test('9: a'), test('8: b', 'skipped'))], 'e2e/');
    expect(formatGap(gap, 'page.md')).toEqual(['Tests have numbers without a row in page.md: 8, 9']);
  });
});

describe('docs/reference/acceptance.md', () => {
  const promises = readPromises(
    readFileSync(new URL('../../../docs/reference/acceptance.md', import.meta.url), 'utf8'),
  );

  it('has one row per number, in ascending order, each with a sentence', () => {
    const numbers = promises.map(({ number }) => number);
    expect(numbers.length).toBeGreaterThan(0);
    expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
    expect(promises.filter(({ sentence }) => !sentence.endsWith('.'))).toEqual([]);
  });
});
