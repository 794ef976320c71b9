import type { RowFacts, TraceNode, TraceTree } from '@distrace/zipkin';

/** What a row must have to be among the matches. */
export interface Wanted {
  /** Words that must all occur, each anywhere: names, services, kinds, ids, tags, annotations. */
  readonly query?: string;
  /** Services that are switched off; a row goes when all that recorded it are. */
  readonly hiddenServices?: ReadonlySet<string>;
  /** Microseconds. */
  readonly minDuration?: number;
  /** Only rows that failed. */
  readonly onlyErrors?: boolean;
}

/** Rows that fit. */
export interface Found {
  /** 1 for a row that fits. */
  readonly matches: Uint8Array;
  readonly count: number;
  /** 1 for a row that fits or has one that fits below. */
  readonly keep: Uint8Array;
}

/** What the search looks at, kept from one letter to the next. */
export interface SearchIndex {
  readonly tree: TraceTree;
  readonly facts: readonly RowFacts[];
  readonly recorders: readonly (readonly string[])[];
  /** Lower-case text by row, filled when first asked for. */
  readonly texts: string[];
}

/** Prepares a search; the texts are made by the first query. */
export function createSearchIndex({
  tree,
  facts,
  recorders,
}: Pick<SearchIndex, 'tree' | 'facts' | 'recorders'>): SearchIndex {
  return { tree, facts, recorders, texts: [] };
}

/** Whether anything is asked for. */
export function asksForSomething({ query, hiddenServices, minDuration, onlyErrors }: Wanted): boolean {
  return (
    Boolean(query?.trim()) || (hiddenServices?.size ?? 0) > 0 || (minDuration ?? 0) > 0 || onlyErrors === true
  );
}

/** Finds the rows that fit; nothing when nothing is asked for. */
export function findRows(index: SearchIndex, wanted: Wanted): Found | undefined {
  if (!asksForSomething(wanted)) return undefined;
  const { tree, facts, recorders } = index;
  const words = (wanted.query ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const { hiddenServices, minDuration = 0, onlyErrors = false } = wanted;
  const matches = new Uint8Array(tree.size);
  const keep = new Uint8Array(tree.size);
  let count = 0;
  for (let row = tree.size - 1; row >= 0; row--) {
    const fits =
      !(hiddenServices?.size && recorders[row]!.every((service) => hiddenServices.has(service))) &&
      (minDuration === 0 || longest(tree.nodes[row]!) >= minDuration) &&
      (!onlyErrors || facts[row]!.error === 'critical') &&
      (words.length === 0 || hasAll(textOf(index, row), words));
    if (fits) {
      matches[row] = 1;
      count++;
    }
    if (fits || keep[row] === 1) {
      keep[row] = 1;
      const parent = tree.rows.parent[row]!;
      if (parent >= 0) keep[parent] = 1;
    }
  }
  return { matches, count, keep };
}

function longest({ halves }: TraceNode): number {
  let micros = 0;
  for (const { duration = 0 } of halves) if (duration > micros) micros = duration;
  return micros;
}

function hasAll(text: string, words: readonly string[]): boolean {
  for (const word of words) if (!text.includes(word)) return false;
  return true;
}

function textOf({ tree, facts, texts }: SearchIndex, row: number): string {
  return (texts[row] ??= textOfNode(tree.nodes[row]!, facts[row]!).toLowerCase());
}

function textOfNode({ halves }: TraceNode, { name = '', serviceName = '' }: RowFacts): string {
  const parts = [name, serviceName];
  for (const half of halves) {
    const { id, kind, localEndpoint, remoteEndpoint, tags, annotations } = half;
    parts.push(
      id,
      half.name ?? '',
      kind ?? '',
      localEndpoint?.serviceName ?? '',
      remoteEndpoint?.serviceName ?? '',
    );
    if (tags) for (const key of Object.keys(tags)) parts.push(`${key}=${tags[key]}`);
    if (annotations) for (const { value } of annotations) parts.push(value);
  }
  return parts.join('\n');
}

/** How many rows up to and including `row` fit: the number of a match among all. */
export function rankOf({ matches }: Found, row: number): number {
  let rank = 0;
  for (let at = 0; at <= row; at++) rank += matches[at]!;
  return rank;
}
