import type { DependencyLink } from '@distrace/zipkin';

/** A column of the table of calls. */
export type LinkColumn = 'parent' | 'child' | 'callCount' | 'errorCount';

/** Calls by a column: names from a on, numbers from the most on; `isReversed` the other way. */
export function sortLinks(
  links: readonly DependencyLink[],
  column: LinkColumn,
  { isReversed = false }: { readonly isReversed?: boolean } = {},
): readonly DependencyLink[] {
  const byColumn = (a: DependencyLink, b: DependencyLink): number =>
    column === 'parent' || column === 'child'
      ? compare(a[column], b[column])
      : (b[column] ?? 0) - (a[column] ?? 0);
  const sign = isReversed ? -1 : 1;
  return links.toSorted((a, b) => sign * byColumn(a, b) || byNames(a, b));
}

function byNames(a: DependencyLink, b: DependencyLink): number {
  return compare(a.parent, b.parent) || compare(a.child, b.child);
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
