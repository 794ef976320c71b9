import type { ZpagesCore } from '../../query.js';
import type { EndedSpan } from '../../span-data.js';
import { bucketLabel } from '../format.js';
import type { PageContent, PageRequest } from '../page.js';
import { redactAnswer } from '../redact/redact-answer.js';
import { fitting } from '../within.js';
import { ask, resolveRef } from './ask.js';
import type { TraceUrl } from './links.js';
import type { TracezView } from './parameters.js';
import { RESERVED_BYTES } from './reserved.js';
import { rowView } from './row-view.js';
import type { RowData, SampleList } from './row-view.js';
import { show } from './shown.js';
import { rowText } from './text-views.js';

type RowViewChoice = TracezView & { readonly view: 'row' | 'running' | 'error' | 'latency' };

/** Asks for what a request wants to know of one row, or of all that runs. */
export function rowData(
  core: ZpagesCore,
  view: RowViewChoice,
  { sensitive }: PageRequest,
  boundsNanos: readonly number[],
): RowData {
  const ref = view.ref === undefined ? undefined : resolveRef(core, view.ref);
  const lists: SampleList[] = [];
  let row: RowData['row'];
  if (view.view === 'running' || view.view === 'row') {
    const answer = ask(core, { kind: 'running', ...ref });
    if (answer.row !== undefined) row = show(answer.row, sensitive);
    lists.push({
      title: 'Running',
      count: answer.count,
      countIsLowerBound: answer.countIsLowerBound,
      order: 'oldest first',
      spans: answer.spans.map((span) => show(span, sensitive)),
    });
  }
  const ended = (spans: readonly EndedSpan[]) => spans.toReversed().map((span) => show(span, sensitive));
  if (ref !== undefined && (view.view === 'error' || view.view === 'row')) {
    const answer = ask(core, { kind: 'error', ...ref });
    row = show(answer.row, sensitive);
    const groups = sensitive ? answer.groups : redactAnswer(answer.groups);
    lists.push({
      title: 'Errors',
      count: answer.count,
      order: 'newest first',
      spans: ended(answer.samples),
      groups,
    });
  }
  if (ref !== undefined && (view.view === 'latency' || view.view === 'row')) {
    const buckets = view.view === 'latency' ? [view.bucket] : [...boundsNanos.keys()].toReversed();
    for (const bucket of buckets) {
      const answer = ask(core, { kind: 'latency', bucket, ...ref });
      row = show(answer.row, sensitive);
      if (view.view === 'row' && answer.samples.length === 0) continue;
      const title = `Latency ${bucketLabel(answer.lowerNanos)}`;
      lists.push({ title, count: answer.count, order: 'newest first', spans: ended(answer.samples) });
    }
  }
  const current = view.view === 'latency' ? view.bucket : view.view === 'row' ? undefined : view.view;
  return { row, current, boundsNanos, lists };
}

/** The page of one row in each format. */
export function rowContent(
  data: RowData,
  { root, maxBytes }: PageRequest,
  traceUrl: TraceUrl | undefined,
): PageContent {
  const room = maxBytes - RESERVED_BYTES;
  const name =
    data.row === undefined ? 'running spans' : data.row.overflow === true ? 'other names' : data.row.name;
  return {
    title: `${name === '' ? 'empty name' : name.slice(0, 80)} · tracez`,
    html: () => rowView(data, root, traceUrl, room),
    text: () => rowText(data, room),
    json: () => ({
      row: data.row,
      boundsNanos: data.boundsNanos,
      lists: data.lists.map(({ spans, ...list }) => {
        const { items, omitted } = fitting(spans, room / data.lists.length);
        return { ...list, spans: items, spansOmitted: omitted };
      }),
    }),
  };
}
