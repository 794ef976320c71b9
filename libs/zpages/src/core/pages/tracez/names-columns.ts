import { bucketLabel, count, durationMs } from '../format.js';
import { markup, trusted } from '../markup.js';
import type { Inserted, Markup } from '../markup.js';
import { tableLink } from './links.js';
import type { TableChoice } from './parameters.js';
import type { ShownRow } from './shown.js';

/** A column of the table of names, beside the name itself. */
export interface NamesColumn {
  readonly group: string;
  readonly head: string;
  readonly hint: string;
  /** The value of `sort` that sorts by it. */
  readonly sort?: string;
  /** The first of its group, which a line sets apart. */
  readonly first: boolean;
  /** `link` leads to the row, ready for an attribute. */
  cell(row: ShownRow, link: Markup): Markup;
}

const ZERO = trusted('<td class="z">0</td>');
const ZERO_FIRST = trusted('<td class="z g">0</td>');
const NONE = trusted('<td class="z"></td>');
const NONE_FIRST = trusted('<td class="z g"></td>');

/** The columns, in order: Running, the buckets, Errors, the percentiles, and what RabbitMQ adds where it is used. */
export function columnsOf(boundsNanos: readonly number[], messaging: boolean): readonly NamesColumn[] {
  const column = (
    group: string,
    [head, sort, hint]: readonly [string, string | undefined, string],
    first: boolean,
    cell: NamesColumn['cell'],
  ): NamesColumn => ({ group, head, sort, hint, first, cell });
  return [
    column('', ['Running', 'running', 'Spans that have not ended'], true, (row, link) =>
      countCell(row.running, link, '&amp;type=running', 'run', true),
    ),
    ...boundsNanos.map((lower, i) =>
      column(
        'Ended without error, by latency',
        [bucketLabel(lower), `bucket${i}`, `Latency from ${bucketLabel(lower).slice(1)} on`],
        i === 0,
        (row, link) =>
          countCell(row.latency[i] ?? 0, link, `&amp;type=latency&amp;bucket=${i}`, heat(row, i), i === 0),
      ),
    ),
    column('', ['Errors', 'errors', 'Spans that ended with an error'], true, (row, link) =>
      countCell(row.errors, link, '&amp;type=error', 'err', true),
    ),
    ...(['p50', 'p95', 'p99'] as const).map((name, i) =>
      column(
        'Percentiles',
        [name, name, `${name.slice(1)} % of the spans without error took at most this long`],
        i === 0,
        ({ percentiles }) => quietCell(percentiles && durationMs(percentiles[`${name}Ms`]), i === 0),
      ),
    ),
    ...(messaging ? messagingColumns(column) : []),
  ];
}

function messagingColumns(
  column: (
    group: string,
    labels: readonly [string, string | undefined, string],
    first: boolean,
    cell: NamesColumn['cell'],
  ) => NamesColumn,
): readonly NamesColumn[] {
  const group = 'Messages';
  return [
    column(group, ['Kind', undefined, 'Kind of the latest span'], true, ({ messaging }) =>
      textCell(messaging?.spanKind.toLowerCase(), true),
    ),
    column(
      group,
      ['Destination', undefined, 'Queue or exchange of the latest span'],
      false,
      ({ messaging }) => textCell(messaging?.destination),
    ),
    column(group, ['Lag p95', 'lag', 'From publish to the start of its handling'], false, ({ messaging }) => {
      const lag = messaging?.lag;
      if (lag === undefined) return NONE;
      const hint = `p50 ${durationMs(lag.p50Ms)}, p99 ${durationMs(lag.p99Ms)}, longest ${durationMs(lag.maxMs)}, of ${count(lag.count)}`;
      return markup`<td class="n" title="${hint}">${durationMs(lag.p95Ms)}</td>`;
    }),
    column(group, ['Redelivered', 'redelivered', 'Messages that had been delivered before'], false, (row) =>
      row.messaging === undefined ? NONE : plainCount(row.messaging.redelivered),
    ),
    column(group, ['Deliveries', undefined, 'Most earlier deliveries of one message'], false, (row) =>
      row.messaging === undefined ? NONE : plainCount(row.messaging.maxDeliveryCount),
    ),
  ];
}

function countCell(value: number, link: Markup, query: string, tone: string, first: boolean): Markup {
  if (value === 0) return first ? ZERO_FIRST : ZERO;
  return trusted(
    `<td class="${tone}${first ? ' g' : ''}"><a href="${link.text}${query}">${count(value)}</a></td>`,
  );
}

/** Darker, the more of the row's spans are in the bucket: where a name spends its time is seen at a glance. */
function heat(row: ShownRow, bucket: number): string {
  const total = row.latency.reduce((sum, value) => sum + value, 0);
  const share = (row.latency[bucket] ?? 0) / total;
  return share >= 0.5 ? 'h4' : share >= 0.2 ? 'h3' : share >= 0.05 ? 'h2' : 'h1';
}

function plainCount(value: number): Markup {
  return value === 0 ? ZERO : markup`<td class="n">${count(value)}</td>`;
}

function quietCell(text: string | undefined, first = false): Markup {
  if (text === undefined) return first ? NONE_FIRST : NONE;
  return markup`<td class="n${first ? ' g' : ''}">${text}</td>`;
}

function textCell(text: string | undefined, first = false): Markup {
  if (text === undefined) return first ? NONE_FIRST : NONE;
  return markup`<td class="t${first ? ' g' : ''}"><bdi>${text}</bdi></td>`;
}

/** Two rows of headings: groups, then columns that sort the table. */
export function headings(columns: readonly NamesColumn[], choice: TableChoice, root: string): Markup {
  const groups: { group: string; span: number }[] = [];
  for (const { group, first } of columns) {
    const last = groups.at(-1);
    if (first || last === undefined) groups.push({ group, span: 1 });
    else last.span += 1;
  }
  const groupCells = groups.map(({ group, span }) =>
    group === ''
      ? markup`<td class="g"></td>`
      : markup`<th scope="colgroup" colspan="${span}" class="g">${group}</th>`,
  );
  const name = sortHead({ head: 'Name', sort: 'name', hint: 'By name', first: false }, choice, root);
  const others = columns.map((column) => sortHead(column, choice, root));
  return markup`<thead><tr class="groups"><td></td>${groupCells}</tr>
<tr>${name}${others}</tr></thead>
`;
}

function sortHead(
  { head, sort, hint, first }: Pick<NamesColumn, 'head' | 'sort' | 'hint' | 'first'>,
  choice: TableChoice,
  root: string,
): Inserted {
  const group = trusted(first ? ' class="g"' : '');
  if (head === 'Kind' || head === 'Destination') {
    return markup`<th scope="col" class="t${first && ' g'}" title="${hint}">${head}</th>`;
  }
  if (sort === undefined) return markup`<th scope="col"${group} title="${hint}">${head}</th>`;
  const active = choice.sort === sort;
  const descending = active ? !choice.descending : sort !== 'name';
  const state = !active ? '' : ` aria-sort="${choice.descending ? 'descending' : 'ascending'}"`;
  const link = tableLink(root, { ...choice, sort, descending });
  return markup`<th scope="col"${group}${trusted(state)}><a href="${link}" title="${hint}" data-sort>${head}</a></th>`;
}
