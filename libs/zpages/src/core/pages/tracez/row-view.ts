import type { ErrorGroup } from '../../query.js';
import { bucketLabel, count, durationMs, momentMs } from '../format.js';
import { markup, trusted } from '../markup.js';
import type { Inserted, Markup } from '../markup.js';
import { within } from '../within.js';
import { rowLink } from './links.js';
import type { TraceUrl } from './links.js';
import type { ShownRow, ShownSpan } from './shown.js';
import { spanView } from './span-view.js';

/** A list of samples with what they are samples of. */
export interface SampleList {
  readonly title: string;
  /** The true total. */
  readonly count: number;
  readonly countIsLowerBound?: boolean;
  /** `oldest first`. */
  readonly order: string;
  readonly spans: readonly ShownSpan[];
  readonly groups?: readonly ErrorGroup[];
}

/** What the page of one row, or of all running spans, is made from. */
export interface RowData {
  /** Absent where all rows are meant. */
  readonly row?: ShownRow;
  /** Which of the row's numbers is shown; undefined for an overview. */
  readonly current?: 'running' | 'error' | number;
  readonly boundsNanos: readonly number[];
  readonly lists: readonly SampleList[];
}

/** The page of one row: its numbers, its errors by message, its samples. */
export function* rowView(
  data: RowData,
  root: string,
  traceUrl: TraceUrl | undefined,
  maxBytes: number,
): Generator<Markup> {
  const { row, lists } = data;
  yield markup`<p class="up"><a href="${root}tracez" id="up">All names</a></p>
<h1 class="row-name">${row === undefined ? 'All running spans' : titleOf(row)}</h1>
${row !== undefined && numbersView(row, data, root)}
`;
  const named = row === undefined || row.overflow === true;
  for (const list of lists) {
    yield markup`<section data-key="${list.title}"><h2>${list.title} <small>${howMany(list)}</small></h2>
${list.groups !== undefined && groupsView(list.groups)}`;
    const pieces = within(list.spans, maxBytes / lists.length, (span) =>
      spanView(span, { root, traceUrl, named }),
    );
    let next = pieces.next();
    for (; next.done !== true; next = pieces.next()) yield next.value;
    const { omitted } = next.value;
    yield markup`${omitted > 0 && markup`<p class="note">${count(omitted)} more samples found no room on this page.</p>`}</section>\n`;
  }
}

function titleOf(row: ShownRow): Inserted {
  if (row.overflow === true) return markup`<em>all other names</em>`;
  return row.name === '' ? markup`<em>empty name</em>` : markup`<bdi>${row.name}</bdi>`;
}

/** How many there are, and how many of them are shown: `5 of 1,000, oldest first`. */
export function howMany({ count: all, countIsLowerBound, spans, order }: SampleList): string {
  const total = `${countIsLowerBound === true ? 'at least ' : ''}${count(all)}`;
  if (spans.length === 0) return all === 0 ? total : `0 of ${total} kept`;
  return spans.length === all ? `${total}, ${order}` : `${count(spans.length)} of ${total}, ${order}`;
}

function numbersView(row: ShownRow, { current, boundsNanos }: RowData, root: string): Markup {
  const link = (label: string, value: number, type: 'running' | 'error' | number, tone: string) => {
    const body = markup`<span>${label}</span> <b>${count(value)}</b>`;
    if (value === 0 && type !== current) return markup`<li class="zero">${body}</li>`;
    const isCurrent = type === current && trusted(' aria-current="page"');
    return markup`<li class="${value > 0 && tone}"><a href="${rowLink(root, row.ref, type)}"${isCurrent}>${body}</a></li>`;
  };
  const buckets = row.latency.map((value, i) => link(bucketLabel(boundsNanos[i] ?? 0), value, i, ''));
  return markup`<ul class="numbers" aria-label="Samples of this name">${link('running', row.running, 'running', 'run')}${buckets}${link('errors', row.errors, 'error', 'err')}</ul>
<p class="note">${percentilesView(row)}${messagingView(row)}${current !== undefined && markup`<a href="${rowLink(root, row.ref)}">Overview of this name.</a>`}</p>`;
}

function percentilesView({ percentiles }: ShownRow): Inserted {
  if (percentiles === undefined) return undefined;
  const { p50Ms, p95Ms, p99Ms } = percentiles;
  return `p50 ${durationMs(p50Ms)}, p95 ${durationMs(p95Ms)}, p99 ${durationMs(p99Ms)}. `;
}

function messagingView({ messaging }: ShownRow): Inserted {
  if (messaging === undefined) return undefined;
  const { spanKind, destination, redelivered, lag } = messaging;
  const place = destination !== undefined && markup` at <bdi>${destination}</bdi>`;
  const wait = lag !== undefined && `, lag p95 ${durationMs(lag.p95Ms)}`;
  return markup`${spanKind.toLowerCase()}${place}, ${count(redelivered)} redelivered${wait}. `;
}

function groupsView(groups: readonly ErrorGroup[]): Inserted {
  if (groups.length === 0) return undefined;
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="Errors by type and message"><table class="groups">
<thead><tr><th scope="col" class="n">Count</th><th scope="col">Type</th><th scope="col">Message</th><th scope="col">First (UTC)</th><th scope="col">Last (UTC)</th></tr></thead>
<tbody>
${groups.map(groupView)}</tbody></table></div>
`;
}

function groupView(group: ErrorGroup): Markup {
  const message =
    group.other === true ? markup`<em>all other errors</em>` : markup`<bdi>${group.message ?? ''}</bdi>`;
  return markup`<tr><td class="n err">${count(group.count)}</td><td><bdi>${group.type ?? ''}</bdi></td><td class="message">${message}</td><td class="n">${momentMs(group.firstUnixMs)}</td><td class="n">${momentMs(group.lastUnixMs)}</td></tr>
`;
}
