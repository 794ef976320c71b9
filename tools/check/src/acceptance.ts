import type { Reported } from './reported.ts';
import { flatten } from './reported.ts';

/** A page of promises, and where the tests stand that hold them. */
export interface AcceptanceSet {
  /** The page, below Vitest's root. */
  readonly page: string;
  /** Beginnings of the paths of those tests' modules, below Vitest's root. */
  readonly folders: readonly string[];
  /** Letters that an id of the set may begin with, such as `TN` for `T01` and `N35`. Default none: bare numbers. */
  readonly letters?: string;
}

/** One promise: its id, the sentence that says it, and the modules that the row says hold it. */
export interface Promised {
  readonly id: string;
  readonly sentence: string;
  /** Paths below Vitest's root; empty where the table names none. */
  readonly modules: readonly string[];
}

/** What is wrong between the promises and the tests of a full run. */
export interface AcceptanceGap {
  /** Promised, but no test with that id ran and passed. */
  readonly untested: readonly string[];
  /** The row names a module in which no test with that id ran and passed: `T01 in a.spec.ts`. */
  readonly misplaced: readonly string[];
  /** A test claims the id, but no row of the table promises it. */
  readonly unlisted: readonly string[];
}

/**
 * The rows `| 12 | sentence |` of the table, in its order. A third cell may link to the modules that hold the
 * promise, relative to the page.
 */
export function readPromises(markdown: string, { page, letters }: AcceptanceSet): readonly Promised[] {
  const row = new RegExp(`^\\| *(${idPattern(letters)}) *\\|([^|]*)\\|(.*)$`, 'gm');
  return [...markdown.matchAll(row)].map(([, id = '', sentence = '', rest = '']) => ({
    id,
    sentence: sentence.trim(),
    modules: [...rest.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => below(page, link)),
  }));
}

/** The ids that a test's own name begins with: `7, 8: a span ends …` holds 7 and 8. */
export function idsOf(testName: string, letters?: string): readonly string[] {
  const id = idPattern(letters);
  const [, list = ''] = new RegExp(`^(${id}(?:, ${id})*): `).exec(testName) ?? [];
  return list === '' ? [] : list.split(', ');
}

/**
 * Compares the promises with the tests that ran in the modules of the set. A test that was skipped or failed
 * holds nothing.
 */
export function checkAcceptance(
  promises: readonly Promised[],
  modules: Iterable<Reported>,
  { folders, letters }: AcceptanceSet,
): AcceptanceGap {
  const claimed = new Set<string>();
  const held = new Set<string>();
  const heldIn = new Set<string>();
  for (const module of modules) {
    const { relativeModuleId: path } = module;
    if (path === undefined || !folders.some((folder) => path.startsWith(folder))) continue;
    for (const test of flatten([module])) {
      if (test.type !== 'test') continue;
      const passed = test.result?.().state === 'passed';
      for (const id of idsOf(test.name ?? '', letters)) {
        claimed.add(id);
        if (!passed) continue;
        held.add(id);
        heldIn.add(place(id, path));
      }
    }
  }
  const promised = new Set(promises.map(({ id }) => id));
  const places = promises
    .filter(({ id }) => held.has(id))
    .flatMap(({ id, modules: named }) => named.map((path) => place(id, path)));
  return {
    untested: without(promised, held),
    misplaced: without(new Set(places), heldIn),
    unlisted: without(claimed, promised),
  };
}

/** A line per kind of gap; none when there is none. */
export function formatGap({ untested, misplaced, unlisted }: AcceptanceGap, page: string): readonly string[] {
  const line = (what: string, ids: readonly string[]): readonly string[] =>
    ids.length === 0 ? [] : [`${what} ${page}: ${ids.join(', ')}`];
  return [
    ...line('No test ran and passed for the numbers of', untested),
    ...line('No test ran and passed where it should be, by', misplaced),
    ...line('Tests have numbers without a row in', unlisted),
  ];
}

/** The order of ids: by letter, then by number. */
export function byId(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

function idPattern(letters = ''): string {
  return letters === '' ? String.raw`\d+` : String.raw`[${letters}]\d+`;
}

function place(id: string, path: string): string {
  return `${id} in ${path}`;
}

/** What a link of a page leads to, below the root that the page is below. */
function below(page: string, link: string): string {
  return new URL(link, `file:///${page}`).pathname.slice(1);
}

/** What of one set another lacks, in order. */
function without(ids: ReadonlySet<string>, others: ReadonlySet<string>): readonly string[] {
  return [...ids].filter((id) => !others.has(id)).toSorted(byId);
}
