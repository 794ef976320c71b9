import type { TraceSummary } from '@distrace/zipkin';
import type { ListSort } from './list-query.js';

/** Traces in the order that was asked for; what is equal stays as it came, the newest first. */
export function sortTraces<T extends TraceSummary>(traces: readonly T[], sort: ListSort): readonly T[] {
  if (sort === 'newest') return traces;
  const sizeOf = ({ duration, spanCount }: T): number => (sort === 'longest' ? (duration ?? -1) : spanCount);
  return traces.toSorted((a, b) => sizeOf(b) - sizeOf(a));
}
