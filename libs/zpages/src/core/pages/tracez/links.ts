import { queryString } from '../../http/target.js';
import type { TableChoice } from './parameters.js';

/** Where the details of a row are; `ref` comes from {@link refOf}. */
export function rowLink(root: string, ref: string, type?: 'running' | 'error' | number): string {
  const base = `${root}tracez?${ref}`;
  if (type === undefined) return base;
  return typeof type === 'number' ? `${base}&type=latency&bucket=${type}` : `${base}&type=${type}`;
}

/** Where all spans of a trace are. */
export function traceLink(root: string, traceId: string): string {
  return `${root}tracez?trace=${traceId}`;
}

/** The table with this choice; what is the default is left out. */
export function tableLink(root: string, choice: TableChoice): string {
  const order = choice.descending ? 'desc' : 'asc';
  return `${root}tracez${queryString({
    q: choice.filter === '' ? undefined : choice.filter,
    only: choice.only === 'all' ? undefined : choice.only,
    sort: choice.sort === 'name' && !choice.descending ? undefined : choice.sort,
    order: order === (choice.sort === 'name' ? 'asc' : 'desc') ? undefined : order,
  })}`;
}

/** Where a backend shows a trace: the template's `{traceId}` and `{spanId}` filled in. */
export type TraceUrl = (traceId: string, spanId?: string) => string;
