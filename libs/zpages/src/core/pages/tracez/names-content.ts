import { hostname } from 'node:os';
import { mapInSlices, nextTurn } from '../../http/in-slices.js';
import type { AggregationsAnswer, ZpagesCore } from '../../query.js';
import { bucketLabel } from '../format.js';
import type { PageContent, PageRequest } from '../page.js';
import { redactAnswer } from '../redact/redact-answer.js';
import { fittingInSlices } from '../within.js';
import { ask } from './ask.js';
import { chooseRows } from './choose-rows.js';
import { namesView } from './names-view.js';
import type { NamesData } from './names-view.js';
import type { TracezView } from './parameters.js';
import { RESERVED_BYTES } from './reserved.js';
import { show } from './shown.js';
import { namesText } from './text-views.js';
import { whyEmpty } from './why-empty.js';
import type { Surroundings } from './why-empty.js';

/** Asks for all names, and takes of them what the request chose. */
export async function namesData(
  core: ZpagesCore,
  view: TracezView & { readonly view: 'names' },
  { sensitive }: PageRequest,
  surroundings: Surroundings,
): Promise<NamesData> {
  const answer = ask(core, { kind: 'aggregations' });
  // The answer took its time already.
  await nextTurn();
  const { rows, stuck, ...rest } = answer;
  const { view: _, notice, ...choice } = view;
  // Filtered and sorted as they are shown: a filter on secrets would tell them letter by letter.
  const shown = await mapInSlices(rows, (row) => show(row, sensitive));
  const stuckShown = await mapInSlices(stuck.spans, (span) => show(span, sensitive));
  return {
    answer: sensitive ? rest : redactAnswer(rest),
    stuck: { ...stuck, spans: stuckShown },
    rows: chooseRows(shown, choice),
    allRows: rows.length,
    choice,
    empty: whyEmpty(answer, surroundings),
    notice,
  };
}

/** The page of all names in each format. */
export function namesContent(data: NamesData, { root, maxBytes }: PageRequest): PageContent {
  const room = maxBytes - RESERVED_BYTES;
  return {
    title: 'tracez',
    html: () => namesView(data, root, room),
    text: () => namesText(data, room),
    json: () => namesJson(data, room),
  };
}

async function namesJson(data: NamesData, maxBytes: number) {
  const { items, omitted } = await fittingInSlices(data.rows, maxBytes / 2);
  const stuck = await fittingInSlices(data.stuck.spans, maxBytes / 2);
  return {
    host: hostname(),
    pid: process.pid,
    ...data.answer,
    notice: data.notice,
    empty: data.empty,
    bucketLabels: data.answer.boundsNanos.map(bucketLabel),
    rows: items,
    rowsOmitted: data.allRows - items.length,
    rowsWithoutRoom: omitted,
    stuck: { ...data.stuck, spans: stuck.items },
  } satisfies Partial<Record<keyof AggregationsAnswer, unknown>> & Record<string, unknown>;
}
