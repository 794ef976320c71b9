import type { Span, TraceNode, TraceTree } from '@distrace/zipkin';

/** Most spans that the page draws; a browser shows as many at once without stuttering. */
export const MAX_SHOWN_SPANS = 32_000;

/** The spans nearest the roots, level by level, until `limit` span ids are taken. Their parents are always among
 * them, so that what is left is still a tree. */
export function keepNearest({ roots }: TraceTree, limit: number): Span[] {
  const kept: Span[] = [];
  let level: readonly TraceNode[] = roots;
  let room = limit;
  while (level.length > 0 && room > 0) {
    const next: TraceNode[] = [];
    for (const node of level) {
      if (room-- <= 0) break;
      for (const half of node.halves) kept.push(half);
      for (const child of node.children) next.push(child);
    }
    level = next;
  }
  return kept;
}
