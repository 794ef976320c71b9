import type { FileFilter } from '../wire/index.js';
import { globPattern } from './glob.js';
import type { Matcher } from './matcher.js';
import type { MatcherNode } from './node.js';
import { simplify } from './simplify.js';

/** More alternatives than this are merged into one coarser filter: processes test each for every file. */
const MAX_FILTERS = 32;

const EVERY: FileFilter = { packages: null, path: null, words: [] };

// What is no plain identifier may stand in the source with escapes, so nothing can be asked of its text.
const IDENTIFIER = /^#?[$_\p{ID_Start}][$\p{ID_Continue}]*$/u;

/**
 * The files a matcher may touch, for the process to decide by itself. Never too few: wherever the whole matcher can
 * match, one of these lets the file through. Empty: it matches nothing anywhere.
 */
export function fileFilters(matcher: Matcher | MatcherNode): readonly FileFilter[] {
  const filters = distinct(filtersOf(simplify('node' in matcher ? matcher.node : matcher), false));
  return filters.length > MAX_FILTERS ? [merged(filters)] : filters;
}

/** In each file of which the weaver knows a super class stands one of these; the last two where it is ES5. */
const EXTENDING = ['extends', 'inherits', 'prototype'] as const;

function filtersOf(node: MatcherNode, negated: boolean): readonly FileFilter[] {
  switch (node.is) {
    case 'any':
      return negated ? [] : [EVERY];
    case 'none':
      return negated ? [EVERY] : [];
    case 'not':
      return filtersOf(node.of, !negated);
    case 'and':
    case 'or': {
      const parts = node.of.map((part) => filtersOf(part, negated));
      return (node.is === 'and') === negated ? distinct(parts.flat()) : parts.reduce(both, [EVERY]);
    }
    default:
      // A pattern lets through too much, so its opposite would let through too little.
      return negated ? [EVERY] : matching(node);
  }
}

type Leaf = Exclude<MatcherNode, { readonly is: 'any' | 'none' | 'and' | 'or' | 'not' }>;

function matching(node: Leaf): readonly FileFilter[] {
  switch (node.is) {
    case 'package':
      return [{ ...EVERY, packages: [node.name] }];
    case 'file':
      return [{ ...EVERY, path: globPattern(node.glob) }];
    case 'subType':
      // The class itself, or one that extends something: its name need not stand in the file.
      return [withWord(node.name), ...EXTENDING.map((word) => ({ ...EVERY, words: [word] }))];
    default:
      return [withWord(node.name)];
  }
}

function withWord(name: string): FileFilter {
  // The constructor of a class compiled to ES5 has that name only for us.
  return name !== 'constructor' && IDENTIFIER.test(name)
    ? { ...EVERY, words: [name.replace('#', '')] }
    : EVERY;
}

function both(some: readonly FileFilter[], others: readonly FileFilter[]): readonly FileFilter[] {
  const pairs = some.flatMap((a) => others.map((b) => intersection(a, b)));
  const found = distinct(pairs.filter((filter) => filter.packages?.length !== 0));
  return found.length > MAX_FILTERS ? [merged(found)] : found;
}

function intersection(a: FileFilter, b: FileFilter): FileFilter {
  const packages =
    a.packages === null || b.packages === null
      ? (a.packages ?? b.packages)
      : a.packages.filter((name) => b.packages!.includes(name));
  const path =
    a.path === null || b.path === null || a.path === b.path ? (a.path ?? b.path) : `(?=${a.path})${b.path}`;
  return { packages, path, words: [...new Set([...a.words, ...b.words])].toSorted() };
}

function distinct(filters: readonly FileFilter[]): readonly FileFilter[] {
  const byText = new Map(filters.map((filter) => [JSON.stringify(filter), filter]));
  return byText.has(JSON.stringify(EVERY)) ? [EVERY] : [...byText.values()];
}

function merged(filters: readonly FileFilter[]): FileFilter {
  const packages = filters.some((filter) => filter.packages === null)
    ? null
    : [...new Set(filters.flatMap((filter) => filter.packages!))];
  const words = filters[0]!.words.filter((word) => filters.every((filter) => filter.words.includes(word)));
  return { packages, path: null, words };
}

/** Whether a filter lets a file through, as the process decides it. */
export function filterAdmits(
  filter: FileFilter,
  file: { readonly package: string; readonly path: string; readonly text: string },
): boolean {
  return (
    (filter.packages === null || filter.packages.includes(file.package)) &&
    (filter.path === null || new RegExp(filter.path).test(file.path)) &&
    filter.words.every((word) => file.text.includes(word))
  );
}
