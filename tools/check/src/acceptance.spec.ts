import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { byId, checkAcceptance, formatGap, idsOf, readPromises } from './acceptance.ts';
import type { Promised } from './acceptance.ts';

const test = (name: string, state = 'passed') => ({ type: 'test', name, result: () => ({ state }) });
const module = (relativeModuleId: string, ...children: readonly ReturnType<typeof test>[]) => ({
  type: 'module',
  relativeModuleId,
  children: [{ type: 'suite', name: '5: a suite is no test', children }],
});
const promise = (id: string | number, ...modules: readonly string[]): Promised => ({
  id: String(id),
  sentence: 'Something holds.',
  modules,
});
const numbers = { page: 'page.md', folders: ['e2e/'] };
const letters = { page: 'docs/page.md', folders: ['libs/z/', 'e2e/'], letters: 'TN' };

describe('the numbers of a test', () => {
  it('stand before a colon, at the very beginning of its own name', () => {
    expect(idsOf('12: a fanout exchange')).toEqual(['12']);
    expect(idsOf('7, 8: a span ends')).toEqual(['7', '8']);
    for (const name of [
      '2,000 messages',
      '12 messages: all there',
      'see 12: there',
      '7,8: a',
      'T12: a',
      '',
    ]) {
      expect(idsOf(name)).toEqual([]);
    }
  });

  it('begin with a letter of their set, where it has letters', () => {
    expect(idsOf('T15, N31: a bound', 'TN')).toEqual(['T15', 'N31']);
    for (const name of ['12: a', 'X12: a', 'T: a', 'T1, 2: a']) expect(idsOf(name, 'TN')).toEqual([]);
  });
});

describe('the rows of a page', () => {
  it('are those that begin with a number of the set; links lead to modules', () => {
    const page = [
      '| number | promise | held by |',
      '| --- | --- | --- |',
      '| 1 | Not of this set. | |',
      '| T01   | One.   | [a.spec.ts](../libs/z/a.spec.ts), [b](../e2e/b.ts) |',
      '| N02 | Two. |',
    ].join('\n');
    expect(readPromises(page, letters)).toEqual([
      { id: 'T01', sentence: 'One.', modules: ['libs/z/a.spec.ts', 'e2e/b.ts'] },
      { id: 'N02', sentence: 'Two.', modules: [] },
    ]);
    expect(readPromises(page, numbers).map(({ id }) => id)).toEqual(['1']);
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
    const gap = checkAcceptance(
      [10, 1, 2, 3, 4].map((id) => promise(id)),
      modules,
      numbers,
    );
    expect(formatGap(gap, 'page.md')).toEqual([
      'No test ran and passed for the numbers of page.md: 2, 3, 4, 10',
    ]);
  });

  it('is held by one passing test among several of a number, and by a test of several numbers', () => {
    const modules = [module('e2e/a.ts', test('1: a', 'skipped'), test('1: b'), test('2, 3: c'))];
    const gap = checkAcceptance(
      [1, 2, 3].map((id) => promise(id)),
      modules,
      numbers,
    );
    expect(formatGap(gap, 'page.md')).toEqual([]);
  });

  it('names numbers that no row promises, skipped or not', () => {
    const gap = checkAcceptance([], [module('e2e/a.ts', test('9: a'), test('8: b', 'skipped'))], numbers);
    expect(formatGap(gap, 'page.md')).toEqual(['Tests have numbers without a row in page.md: 8, 9']);
  });

  it('asks for a test in each module that the row names, and for nothing twice', () => {
    const modules = [
      module('libs/z/a.ts', test('T01: a'), test('T02: b', 'skipped')),
      module('e2e/b.ts', test('T01: c', 'skipped'), test('T02, N01: d')),
      module('libs/z2/c.ts', test('T03: e')),
    ];
    const promises = [
      promise('T01', 'libs/z/a.ts', 'e2e/b.ts'),
      promise('T02', 'libs/z/a.ts'),
      promise('T03', 'libs/z2/c.ts'),
      promise('N01', 'e2e/b.ts'),
    ];
    expect(formatGap(checkAcceptance(promises, modules, letters), 'page.md')).toEqual([
      'No test ran and passed for the numbers of page.md: T03',
      'No test ran and passed where it should be, by page.md: T01 in e2e/b.ts, T02 in libs/z/a.ts',
    ]);
  });

  it('keeps sets apart: a number of one is none of another', () => {
    const modules = [module('e2e/a.ts', test('1: a'), test('T01: b'))];
    expect(formatGap(checkAcceptance([promise(1)], modules, numbers), 'page.md')).toEqual([]);
    expect(formatGap(checkAcceptance([promise('T01')], modules, letters), 'page.md')).toEqual([]);
  });
});

const readPage = (page: string, options: { readonly letters?: string } = {}) =>
  readPromises(readFileSync(new URL(`../../../${page}`, import.meta.url), 'utf8'), {
    page,
    folders: [],
    ...options,
  });

describe.each([
  ['docs/reference/acceptance.md', {}],
  ['docs/reference/zpages-acceptance.md', { letters: 'TN' }],
])('%s', (page, options) => {
  const promises = readPage(page, options);

  it('has one row per number, in ascending order, each with a sentence', () => {
    const ids = promises.map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(0);
    expect(ids.filter((id) => id.startsWith('T'))).toEqual(
      sortedOnce(ids.filter((id) => id.startsWith('T'))),
    );
    expect(ids.filter((id) => !id.startsWith('T'))).toEqual(
      sortedOnce(ids.filter((id) => !id.startsWith('T'))),
    );
    expect(promises.filter(({ sentence }) => !sentence.endsWith('.'))).toEqual([]);
  });
});

describe('docs/reference/zpages-acceptance.md', () => {
  const promises = readPage('docs/reference/zpages-acceptance.md', { letters: 'TN' });

  it('promises all that zPages are held to, and names for each where', () => {
    const upTo = (letter: string, last: number, without: readonly number[]): string[] =>
      Array.from({ length: last }, (_, i) => i + 1)
        .filter((number) => !without.includes(number))
        .map((number) => `${letter}${String(number).padStart(2, '0')}`);
    expect(promises.map(({ id }) => id)).toEqual([
      ...upTo('T', 65, [52, 54, 55, 56, 58, 60, 64]),
      ...upTo('N', 35, [12]),
    ]);
    expect(promises.filter(({ modules }) => modules.length === 0)).toEqual([]);
  });
});

function sortedOnce(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)].toSorted(byId);
}
