import type { Reported } from './reported.ts';
import { flatten } from './reported.ts';

/** One promise: its number and the sentence that says it. */
export interface Promised {
  readonly number: number;
  readonly sentence: string;
}

/** What is wrong between the promises and the tests of a full run. */
export interface AcceptanceGap {
  /** Promised, but no test with that number ran and passed. */
  readonly untested: readonly number[];
  /** A test claims the number, but no row of the table promises it. */
  readonly unlisted: readonly number[];
}

/** The rows `| 12 | sentence |` of the table, in its order. */
export function readPromises(markdown: string): readonly Promised[] {
  return [...markdown.matchAll(/^\| *(\d+) *\|(.*)\|$/gm)].map(([, number, sentence = '']) => ({
    number: Number(number),
    sentence: sentence.trim(),
  }));
}

/** The numbers that a test's own name begins with: `7, 8: a span ends …` holds 7 and 8. */
export function numbersOf(testName: string): readonly number[] {
  const [, list = ''] = /^(\d+(?:, \d+)*): /.exec(testName) ?? [];
  return list === '' ? [] : list.split(', ').map(Number);
}

/**
 * Compares the promises with the tests that ran in the modules below `folder`. A test that was skipped or failed
 * holds nothing.
 */
export function checkAcceptance(
  promises: readonly Promised[],
  modules: Iterable<Reported>,
  folder: string,
): AcceptanceGap {
  const relevant = [...modules].filter((module) => module.relativeModuleId?.startsWith(folder));
  const tests = [...flatten(relevant)].filter((one) => one.type === 'test');
  const claimed = new Set(tests.flatMap(numbersOfTest));
  const held = new Set(tests.filter((test) => test.result?.().state === 'passed').flatMap(numbersOfTest));
  const promised = new Set(promises.map(({ number }) => number));
  return { untested: without(promised, held), unlisted: without(claimed, promised) };
}

/** A line per kind of gap; none when there is none. */
export function formatGap({ untested, unlisted }: AcceptanceGap, page: string): readonly string[] {
  return [
    ...(untested.length > 0
      ? [`No test ran and passed for the numbers of ${page}: ${untested.join(', ')}`]
      : []),
    ...(unlisted.length > 0 ? [`Tests have numbers without a row in ${page}: ${unlisted.join(', ')}`] : []),
  ];
}

function numbersOfTest({ name = '' }: Reported): readonly number[] {
  return numbersOf(name);
}

/** The numbers of one set that another lacks, in ascending order. */
function without(numbers: ReadonlySet<number>, others: ReadonlySet<number>): readonly number[] {
  return [...numbers].filter((number) => !others.has(number)).toSorted((a, b) => a - b);
}
