import type { Case } from './load-cases.spec.helper.js';

/** Where this library answers otherwise than Zipkin, on purpose. Each has its row in the table of
 * docs/reference/zipkin-model.md, under the same name. */
export const differences: ReadonlyMap<string, string> = new Map([
  ['fields, not bytes', 'a format is told by the fields of its spans, whatever stands in names'],
  [
    'by time, not by arrival',
    'of conflicting fields the earliest piece wins, of conflicting tags the latest',
  ],
  [
    'a half in pieces',
    'pieces of a receiver join although not all are marked, and a late end makes the duration',
  ],
  ['kinds stay apart', 'two kinds under one id are two halves, even at one endpoint'],
  ['every server shares', 'with a client of its id, not only the first server is marked shared'],
  ['unmarked halves kept', 'two halves with one id that nobody marked shared are both in the tree'],
  ['half by similar endpoint', 'a child hangs from the receiver whose endpoint does not contradict its own'],
  [
    'orphans are roots',
    'a span whose parent is missing is no child of the root; the missing parent is named',
  ],
  ['roots by start', 'the first root is the earliest, not the one with the lowest id'],
  ['cycles are cut', 'a ring of parents becomes a tree at its earliest span instead of vanishing'],
  ['whole microseconds', 'half of an odd number of microseconds is rounded down'],
  ['links in order', 'links are sorted by parent and child'],
  ['row times from one half', 'start and duration of a row come from the same half'],
  ['no time is no error', 'a trace without any time is shown'],
  ['all digits count', 'traces are told apart by all digits of their ids'],
]);

/** What a case must give: what Zipkin gives, or this library's own answer under a known name. */
export function answerOf<Expected>({ name, expected, difference, ours }: Case<unknown, Expected>): Expected {
  if (difference === undefined) return expected;
  if (!differences.has(difference)) throw new Error(`${name}: no difference is called '${difference}'`);
  if (ours === undefined || JSON.stringify(ours) === JSON.stringify(expected)) {
    throw new Error(`${name}: a case with a difference needs an answer of its own`);
  }
  return ours;
}

/** The cases with a title each. */
export function titled<T extends Case<unknown, unknown>>(cases: readonly T[]): (readonly [string, T])[] {
  return cases.map((one) => [
    `${one.difference ? `differs from Zipkin (${one.difference})` : 'agrees with Zipkin'}: ${one.name}`,
    one,
  ]);
}
