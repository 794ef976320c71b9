import type { Row } from '../../query.js';
import type { TableChoice } from './parameters.js';

/** The rows to show, in order. The overflow row stays last; equal ones stay in the order they came in. */
export function chooseRows<R extends Row>(rows: readonly R[], choice: TableChoice): readonly R[] {
  const wanted = choice.filter.trim().toLowerCase();
  const chosen = rows.filter(
    (row) => isChosen(row, choice) && (wanted === '' || row.name.toLowerCase().includes(wanted)),
  );
  if (choice.sort === 'name' && !choice.descending) return chosen;
  const sign = choice.descending ? -1 : 1;
  return chosen.toSorted((a, b) => {
    if ((a.overflow ?? false) !== (b.overflow ?? false)) return a.overflow === true ? 1 : -1;
    return sign * compare(a, b, choice.sort);
  });
}

function isChosen(row: Row, { only }: TableChoice): boolean {
  if (only === 'running') return row.running > 0;
  if (only === 'errors') return row.errors > 0;
  return only === 'all' || row.messaging !== undefined;
}

function compare(a: Row, b: Row, sort: string): number {
  if (sort === 'name') return a.name < b.name ? -1 : Number(a.name > b.name);
  return numberOf(a, sort) - numberOf(b, sort);
}

function numberOf(row: Row, sort: string): number {
  switch (sort) {
    case 'running':
      return row.running;
    case 'errors':
      return row.errors;
    case 'p50':
      return row.percentiles?.p50Ms ?? -1;
    case 'p95':
      return row.percentiles?.p95Ms ?? -1;
    case 'p99':
      return row.percentiles?.p99Ms ?? -1;
    case 'redelivered':
      return row.messaging?.redelivered ?? -1;
    case 'lag':
      return row.messaging?.lag?.p95Ms ?? -1;
    default:
      return row.latency[Number(sort.slice('bucket'.length))] ?? -1;
  }
}
