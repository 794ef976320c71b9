import { mapInSlices, nextTurn } from '../../http/in-slices.js';
import type { ZpagesCore } from '../../query.js';
import type { EndedSpan, RunningSpan } from '../../span-data.js';
import { bucketLabel } from '../format.js';
import type { PageContent, PageRequest } from '../page.js';
import { redactAnswer } from '../redact/redact-answer.js';
import { fittingInSlices } from '../within.js';
import { ask, resolveRef } from './ask.js';
import type { TraceUrl } from './links.js';
import type { TracezView } from './parameters.js';
import { RESERVED_BYTES } from './reserved.js';
import { rowView } from './row-view.js';
import type { RowData, SampleList } from './row-view.js';
import { show } from './shown.js';
import { rowText } from './text-views.js';

type RowViewChoice = TracezView & { readonly view: 'row' | 'running' | 'error' | 'latency' };

/**
 * Asks for what a request wants to know of one row, or of all that runs. Each question looks at all running spans,
 * so those whose answer the row's own counts tell are not asked, and the application has its turn between them.
 */
export async function rowData(
  core: ZpagesCore,
  view: RowViewChoice,
  { sensitive }: PageRequest,
  boundsNanos: readonly number[],
): Promise<RowData> {
  const ref = view.ref === undefined ? undefined : resolveRef(core, view.ref);
  if (view.ref?.by === 'hash') await nextTurn();
  const shown = async <T extends EndedSpan | RunningSpan>(spans: readonly T[]) => {
    await nextTurn();
    return mapInSlices(spans, (span) => show(span, sensitive));
  };
  const lists: SampleList[] = [];
  let row: RowData['row'];
  if (view.view === 'running' || view.view === 'row') {
    const answer = ask(core, { kind: 'running', ...ref });
    if (answer.row !== undefined) row = show(answer.row, sensitive);
    const { count, countIsLowerBound } = answer;
    const spans = await shown(answer.spans);
    lists.push({ title: 'Running', count, countIsLowerBound, order: 'oldest first', spans });
  }
  if (ref !== undefined && (view.view === 'error' || (view.view === 'row' && row?.errors !== 0))) {
    const answer = ask(core, { kind: 'error', ...ref });
    row ??= show(answer.row, sensitive);
    const spans = await shown(answer.samples.toReversed());
    const groups = sensitive ? answer.groups : redactAnswer(answer.groups);
    lists.push({ title: 'Errors', count: answer.count, order: 'newest first', spans, groups });
  } else if (view.view === 'row') {
    lists.push({ title: 'Errors', count: 0, order: 'newest first', spans: [], groups: [] });
  }
  if (ref !== undefined && (view.view === 'latency' || view.view === 'row')) {
    const asked = row;
    const buckets =
      view.view === 'latency'
        ? [view.bucket]
        : [...boundsNanos.keys()].toReversed().filter((bucket) => asked?.latency[bucket] !== 0);
    for (const bucket of buckets) {
      const answer = ask(core, { kind: 'latency', bucket, ...ref });
      row ??= show(answer.row, sensitive);
      if (view.view === 'row' && answer.samples.length === 0) continue;
      const title = `Latency ${bucketLabel(answer.lowerNanos)}`;
      const spans = await shown(answer.samples.toReversed());
      lists.push({ title, count: answer.count, order: 'newest first', spans });
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
    json: () => rowJson(data, room),
  };
}

async function rowJson({ row, boundsNanos, lists }: RowData, room: number) {
  const fitted: object[] = [];
  for (const { spans, ...list } of lists) {
    const { items, omitted } = await fittingInSlices(spans, room / lists.length);
    fitted.push({ ...list, spans: items, spansOmitted: omitted });
  }
  return { row, boundsNanos, lists: fitted };
}
