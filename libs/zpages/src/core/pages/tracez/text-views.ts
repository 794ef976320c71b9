import { bucketLabel, count, duration, durationMs, moment, momentMs, roundMs } from '../format.js';
import { textTable } from '../text-table.js';
import type { TextColumn } from '../text-table.js';
import { oneLine, visible } from '../visible.js';
import { accountLines } from './account-view.js';
import type { NamesData } from './names-view.js';
import { howMany } from './row-view.js';
import type { RowData, SampleList } from './row-view.js';
import type { ShownRow, ShownSpan, ShownTraceSpan } from './shown.js';
import { hasIds, plainText } from './span-view.js';
import { howWhole } from './trace-view.js';
import type { TraceData } from './trace-view.js';

/** The table of names for a terminal; `.` is zero. */
export function* namesText(
  { answer, stuck, rows, allRows, empty, notice }: NamesData,
  maxBytes: number,
): Generator<string> {
  const { totals } = answer;
  if (notice !== undefined) yield `${oneLine(notice)}\n\n`;
  yield `running ${count(totals.running)}  errors ${count(totals.errors)}  ended well ${count(totals.latency)}  since ${momentMs(answer.self.sinceUnixMs)} UTC\n\n`;
  if (stuck.count > 0) {
    yield `${count(stuck.count)} running for more than ${roundMs(stuck.afterMs)}, the oldest ${stuck.spans.length}:\n`;
    const columns = [
      { head: 'AGE', right: true },
      { head: 'NAME' },
      { head: 'TRACE' },
      { head: 'STARTED (UTC)' },
    ];
    yield* textTable(
      columns,
      stuck.spans.map((span) => [
        durationMs(span.ageMs),
        nameText(span.name),
        span.traceId,
        momentMs(span.startUnixMicros / 1000),
      ]),
    );
    yield '\n';
  }
  if (rows.length === 0)
    yield `${oneLine(empty ?? `None of the ${count(allRows)} names fits the filter.`)}\n`;
  else yield* cutAt(namesTable(answer.boundsNanos, rows), maxBytes);
  yield '\n';
  for (const [name, value] of accountLines(answer)) yield `${name}: ${oneLine(value)}\n`;
}

function namesTable(boundsNanos: readonly number[], rows: readonly ShownRow[]): Iterable<string> {
  const messaging = rows.some((row) => row.messaging !== undefined);
  const columns: readonly TextColumn[] = [
    { head: 'NAME' },
    number('RUNNING'),
    ...boundsNanos.map((lower) => number(bucketLabel(lower))),
    ...['ERRORS', 'P50', 'P95', 'P99'].map(number),
    ...(messaging
      ? [
          { head: 'KIND' },
          { head: 'DESTINATION' },
          number('REDELIVERED'),
          number('DELIVERIES'),
          number('LAG P95'),
        ]
      : []),
  ];
  return textTable(columns, namesCells(rows, messaging));
}

function number(head: string): TextColumn {
  return { head, right: true };
}

function* namesCells(rows: readonly ShownRow[], messaging: boolean): Generator<readonly string[]> {
  for (const row of rows) {
    yield [
      row.overflow === true ? '(all other names)' : nameText(row.name),
      ...[row.running, ...row.latency, row.errors].map(zeroText),
      ...percentilesText(row),
      ...(messaging ? messagingText(row) : []),
    ];
  }
}

function percentilesText({ percentiles }: ShownRow): readonly string[] {
  if (percentiles === undefined) return ['', '', ''];
  return [percentiles.p50Ms, percentiles.p95Ms, percentiles.p99Ms].map(durationMs);
}

function messagingText({ messaging }: ShownRow): readonly string[] {
  if (messaging === undefined) return ['', '', '', '', ''];
  const { spanKind, destination = '', redelivered, maxDeliveryCount, lag } = messaging;
  return [
    spanKind,
    destination,
    zeroText(redelivered),
    zeroText(maxDeliveryCount),
    lag ? durationMs(lag.p95Ms) : '',
  ];
}

function zeroText(value: number): string {
  return value === 0 ? '.' : count(value);
}

function nameText(name: string): string {
  return name === '' ? '(empty name)' : name;
}

/** The samples of a row for a terminal. */
export function* rowText({ row, lists }: RowData, maxBytes: number): Generator<string> {
  if (row === undefined) yield 'All running spans\n';
  else yield row.overflow === true ? '(all other names)\n' : `${oneLine(nameText(row.name))}\n`;
  const named = row === undefined || row.overflow === true;
  for (const list of lists) {
    yield `\n${list.title}: ${howMany(list)}\n`;
    if (list.groups !== undefined) yield* groupsText(list.groups);
    yield* cutAt(
      list.spans.map((span) => spanText(span, named)),
      maxBytes / lists.length,
    );
  }
}

function groupsText(groups: NonNullable<SampleList['groups']>): Iterable<string> {
  const columns = [
    { head: 'COUNT', right: true },
    { head: 'TYPE' },
    { head: 'MESSAGE', maxWidth: 100 },
    { head: 'LAST (UTC)' },
  ];
  return textTable(
    columns,
    groups.map((group) => [
      count(group.count),
      group.type ?? '',
      group.other === true ? '(all other errors)' : (group.message ?? ''),
      momentMs(group.lastUnixMs),
    ]),
  );
}

/** All spans of a trace for a terminal, indented by depth. */
export function* traceText(data: TraceData, maxBytes: number): Generator<string> {
  const { traceId, spans, spansLeftOut } = data;
  yield `Trace ${traceId}\n${howWhole(data)}\n\n`;
  yield* cutAt(
    spans.map((span: ShownTraceSpan) => spanText(span, true, '  '.repeat(Math.min(span.depth, 16)))),
    maxBytes,
  );
  if (spansLeftOut > 0) yield `(${count(spansLeftOut)} more are left out)\n`;
}

function spanText(span: ShownSpan, named: boolean, indent = ''): string {
  const time = span.running ? `${durationMs(span.ageMs)} running` : duration(span.durationNanos);
  const name = named ? `  ${oneLine(nameText(span.name))}` : '';
  const own = hasIds(span) ? `trace ${span.traceId}  span ${span.spanId}  ` : '';
  const ids = `${own}${span.parentSpanId === undefined ? 'root' : `parent ${span.parentSpanId}`}`;
  const lines = [
    `${time}${name}  ${span.kind}  ${moment(span.startUnixMicros)} UTC`,
    `  ${ids}${span.outline === true ? '  (an outline: it is no sample)' : `  scope ${oneLine(span.scopeName)}`}`,
    ...(span.status === 'UNSET'
      ? []
      : [
          `  status ${span.status}${span.statusMessage === undefined ? '' : `: ${oneLine(span.statusMessage)}`}`,
        ]),
    ...span.attributes.map((attribute) => `  ${attributeText(attribute)}`),
    ...span.events.flatMap((event, i) => [
      `  +${duration(event.sinceStartMicros * 1000)}  (${duration(event.deltaMicros * 1000)})  ${oneLine(event.name)}  ${event.attributes.map(attributeText).join('  ')}`.trimEnd(),
      ...(span.eventsDiscarded?.afterIndex === i
        ? [`  (${count(span.eventsDiscarded.count)} discarded)`]
        : []),
    ]),
    ...span.links.map((link) => `  link to trace ${link.traceId} span ${link.spanId}`),
  ];
  return `${lines.map((line) => indent + visible(line)).join('\n')}\n`;
}

function attributeText({ key, value, cut }: ShownSpan['attributes'][number]): string {
  return `${oneLine(key)}=${oneLine(plainText(value))}${cut === true ? '…' : ''}`;
}

function* cutAt(pieces: Iterable<string>, maxBytes: number): Generator<string> {
  let used = 0;
  let omitted = 0;
  for (const piece of pieces) {
    used += Buffer.byteLength(piece);
    if (used <= maxBytes || used === Buffer.byteLength(piece)) yield piece;
    else omitted++;
  }
  if (omitted > 0) yield `(${count(omitted)} more found no room)\n`;
}
