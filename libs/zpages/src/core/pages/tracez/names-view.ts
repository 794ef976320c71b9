import type { AggregationsAnswer } from '../../query.js';
import { count, duration, durationMs, momentMs, roundMs } from '../format.js';
import { markup, trusted } from '../markup.js';
import type { Inserted, Markup } from '../markup.js';
import { within } from '../within.js';
import { accountView } from './account-view.js';
import { rowLink, tableLink, traceLink } from './links.js';
import { columnsOf, headings } from './names-columns.js';
import { selections } from './parameters.js';
import type { TableChoice } from './parameters.js';
import type { Shown, ShownRow } from './shown.js';

/** What the table of names is made from. */
export interface NamesData {
  readonly answer: Omit<AggregationsAnswer, 'rows' | 'stuck'>;
  readonly stuck: {
    readonly afterMs: number;
    readonly count: number;
    readonly spans: readonly Shown<AggregationsAnswer['stuck']['spans'][number]>[];
  };
  /** The chosen rows, in order. */
  readonly rows: readonly ShownRow[];
  /** How many there are without filter. */
  readonly allRows: number;
  readonly choice: TableChoice;
  /** Why there is no row at all. */
  readonly empty?: string;
  readonly notice?: string;
}

/** The page of all names, in pieces. */
export function* namesView(data: NamesData, root: string, maxBytes: number): Generator<Markup> {
  const { answer, rows, choice } = data;
  const columns = columnsOf(
    answer.boundsNanos,
    rows.some((row) => row.messaging !== undefined),
  );
  yield markup`<div class="title"><h1>tracez</h1>${totalsView(data, root)}</div>
${data.notice !== undefined && markup`<p class="problem" role="status">${data.notice}</p>`}
${stuckView(data, root)}
${toolbar(data, root)}
`;
  if (rows.length === 0) {
    yield emptyView(data, root);
  } else {
    yield markup`<div class="scroll" tabindex="0" role="region" aria-label="Spans by name"><table class="names">
<caption class="hidden">Spans by name: running, ended by latency, errors, percentiles. A number leads to its samples.</caption>
${headings(columns, choice, root)}<tbody>
`;
    const pieces = within(rows, maxBytes, (row) => rowView(row, columns, root));
    let next = pieces.next();
    for (; next.done !== true; next = pieces.next()) yield next.value;
    const { omitted } = next.value;
    yield markup`</tbody></table></div>
${omitted > 0 && markup`<p class="note">${count(omitted)} more names found no room on this page. Filter to see them.</p>`}
`;
  }
  yield accountView(answer);
}

function totalsView({ answer: { totals, self, nowUnixMs } }: NamesData, root: string): Markup {
  const running =
    totals.running === 0
      ? markup`0`
      : markup`<a href="${root}tracez?type=running">${count(totals.running)}</a>`;
  const errors =
    totals.errors === 0
      ? markup`0`
      : markup`<a href="${root}tracez?only=errors&amp;sort=errors">${count(totals.errors)}</a>`;
  const since = momentMs(self.sinceUnixMs);
  return markup`<dl class="totals">
<div${tone('run', totals.running)}><dt>running</dt><dd>${running}</dd></div>
<div${tone('err', totals.errors)}><dt>errors</dt><dd>${errors}</dd></div>
<div><dt>ended well</dt><dd>${count(totals.latency)}</dd></div>
<div class="since"><dt>since</dt><dd><time datetime="${since.replace(' ', 'T')}Z" title="${since} UTC">${durationMs(Math.max(0, nowUnixMs - self.sinceUnixMs))} ago</time></dd></div>
</dl>`;
}

function tone(name: string, value: number): Markup {
  return trusted(value === 0 ? '' : ` class="${name}"`);
}

function stuckView({ stuck }: NamesData, root: string): Inserted {
  if (stuck.count === 0) return undefined;
  const more = stuck.count > stuck.spans.length ? ` The oldest ${stuck.spans.length}:` : '';
  return markup`<section class="stuck" aria-labelledby="stuck-title" data-key="stuck">
<h2 id="stuck-title">${count(stuck.count)} ${stuck.count === 1 ? 'span runs' : 'spans run'} for more than ${roundMs(stuck.afterMs)}.${more}</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Stuck spans"><table>
<thead><tr><th scope="col" class="n">Age</th><th scope="col">Name</th><th scope="col">Kind</th><th scope="col">Trace</th><th scope="col">Started (UTC)</th></tr></thead>
<tbody>
${stuck.spans.map((span) => stuckRow(span, root))}</tbody></table></div></section>
`;
}

function stuckRow(span: NamesData['stuck']['spans'][number], root: string): Markup {
  return markup`<tr data-key="${span.spanId}"><td class="n age" data-age="${Math.round(span.ageMs)}">${durationMs(span.ageMs)}</td><th scope="row"><a class="name" href="${rowLink(root, span.ref, 'running')}">${nameView(span.name)}</a></th><td>${span.kind.toLowerCase()}</td><td><a class="id" href="${traceLink(root, span.traceId)}">${span.traceId}</a></td><td class="n">${momentMs(span.startUnixMicros / 1000)}</td></tr>
`;
}

function emptyView({ empty, allRows }: NamesData, root: string): Markup {
  if (empty !== undefined) return markup`<p class="empty" data-key="empty">${empty}</p>\n`;
  return markup`<p class="empty" data-key="empty">None of the ${count(allRows)} names fits the filter. <a href="${root}tracez">Show all.</a></p>\n`;
}

function toolbar({ choice, rows, allRows }: NamesData, root: string): Markup {
  const hidden = new URLSearchParams(
    tableLink('', { ...choice, filter: '', only: 'all' }).split('?')[1] ?? '',
  );
  const option = (value: string) =>
    markup`<option value="${value}"${choice.only === value && trusted(' selected')}>${value}</option>`;
  const shown =
    rows.length === allRows
      ? markup`${count(allRows)} names`
      : markup`${count(rows.length)} of ${count(allRows)} names, <a href="${root}tracez">all</a>`;
  return markup`<div class="tools">
<form method="get" action="${root}tracez" role="search" id="choose">
<label for="q" class="hidden">Filter by name</label><input id="q" name="q" type="search" value="${choice.filter}" placeholder="Filter names" autocomplete="off" spellcheck="false" aria-keyshortcuts="/">
<label for="only" class="hidden">Show</label><select id="only" name="only">${selections.map(option)}</select>
${[...hidden].map(([name, value]) => markup`<input type="hidden" name="${name}" value="${value}">`)}
<button type="submit">Filter</button>
</form>
<span class="note" data-key="shown">${shown}</span>
<form method="get" action="${root}tracez" class="find">
<label for="trace" class="hidden">Trace id</label><input id="trace" name="trace" placeholder="Trace id" autocomplete="off" spellcheck="false" pattern="\\s*[0-9a-fA-F]{32}\\s*" title="32 hexadecimal digits" required>
<button type="submit">Open trace</button>
</form>
</div>`;
}

function rowView(row: ShownRow, columns: ReturnType<typeof columnsOf>, root: string): Markup {
  const link = trusted(markup`${rowLink(root, row.ref)}`.text);
  const cells = columns.map((column) => column.cell(row, link));
  const name = row.overflow === true ? markup`<em>all other names</em>` : nameView(row.name);
  const errors = row.errors > 0 && trusted(' data-errors');
  return markup`<tr data-key="${row.ref}"${errors}><th scope="row"><a class="name" href="${link}">${name}</a></th>${cells}</tr>
`;
}

/** Characters of a name that a table shows; all of it stands on its own page. */
const MAX_SHOWN_NAME = 160;

/** A name in a table: the empty one and a very long one as words and a beginning. */
export function nameView(name: string): Markup {
  if (name === '') return markup`<em>empty name</em>`;
  if (name.length <= MAX_SHOWN_NAME) return markup`<bdi>${name}</bdi>`;
  const begin = name.slice(0, MAX_SHOWN_NAME).replace(/[\ud800-\udbff]$/, '');
  return markup`<bdi>${begin}…</bdi> <em>(${count(name.length)} characters)</em>`;
}

/** The age of a running span, which the script lets tick. */
export function ageView(ageMs: number): Markup {
  return markup`<span class="age" data-age="${Math.round(ageMs)}">${duration(ageMs * 1e6)}</span>`;
}
