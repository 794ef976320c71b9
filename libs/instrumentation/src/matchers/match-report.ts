import type { EditList } from '../wire/index.js';

/** What became of one rule so far. */
export interface MatchReportRow {
  readonly rule: string;
  /** Files that its file predicates let through. */
  readonly filesAsked: number;
  /** Of these, files in which it found a function. */
  readonly filesWoven: number;
  /** Functions it found in them. */
  readonly functions: number;
}

/** Counts what rules match, so that one that matches nothing is seen. Each file and content counts once. */
export interface MatchReport {
  /** A file was asked about with these rules. */
  asked(rules: readonly { readonly name: string }[], fileKey: string): void;
  /** A file was woven. */
  woven(list: Pick<EditList, 'probes'>, fileKey: string): void;
  /** One row per rule, in their order. */
  rows(): readonly MatchReportRow[];
  /** Names of the rules that no function has met so far. */
  unmatched(): readonly string[];
}

/** A report over the rules of these names. Remembers at most `maxFiles` files (default 100,000); later ones are not counted. */
export function createMatchReport(
  names: readonly string[],
  { maxFiles = 100_000 }: { readonly maxFiles?: number } = {},
): MatchReport {
  const counts = new Map(names.map((name) => [name, { filesAsked: 0, filesWoven: 0, functions: 0 }]));
  const seen = new Set<string>();
  const isNew = (what: string) => {
    if (seen.has(what) || seen.size >= maxFiles * 2) return false;
    seen.add(what);
    return true;
  };
  const rows = () => [...counts].map(([rule, count]) => ({ rule, ...count }));
  return {
    asked(rules, fileKey) {
      if (!isNew(`asked ${fileKey}`)) return;
      for (const { name } of rules) {
        const count = counts.get(name);
        if (count !== undefined) count.filesAsked++;
      }
    },
    woven({ probes }, fileKey) {
      if (!isNew(`woven ${fileKey}`)) return;
      for (const [name, count] of counts) {
        const functions = probes.filter(({ interceptors }) => interceptors.includes(name)).length;
        count.functions += functions;
        if (functions > 0) count.filesWoven++;
      }
    },
    rows,
    unmatched: () =>
      rows()
        .filter(({ functions }) => functions === 0)
        .map(({ rule }) => rule),
  };
}
