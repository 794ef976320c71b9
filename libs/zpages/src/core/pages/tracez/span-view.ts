import type { PlainAttribute, PlainEvent, PlainLink, PlainValue } from '../../span-data.js';
import { count, duration, moment } from '../format.js';
import { markup, trusted } from '../markup.js';
import type { Inserted, Markup } from '../markup.js';
import { rowLink, traceLink } from './links.js';
import type { TraceUrl } from './links.js';
import { ageView, nameView } from './names-view.js';
import type { ShownSpan } from './shown.js';

/** What a span's view needs beside the span. */
export interface SpanContext {
  readonly root: string;
  readonly traceUrl: TraceUrl | undefined;
  /** Whether its name is said: not where all are of one name. */
  readonly named: boolean;
}

/** One sample: what it was, and everything that is known of it. */
export function spanView(span: ShownSpan, context: SpanContext): Markup {
  const { root, traceUrl, named } = context;
  const time = span.running ? ageView(span.ageMs) : markup`${duration(span.durationNanos)}`;
  const start = moment(span.startUnixMicros);
  const name = named && markup` <a class="name" href="${rowLink(root, span.ref)}">${nameView(span.name)}</a>`;
  return markup`<article class="span${span.status === 'ERROR' && ' bad'}" data-key="${span.spanId}${span.running ? 'r' : 'e'}">
<h3><span class="time">${time}</span>${name} <span class="tag">${span.kind.toLowerCase()}</span>${span.running && RUNNING}${!span.sampled && NOT_EXPORTED}</h3>
<p class="ids">
<time datetime="${start.replace(' ', 'T')}Z" title="Start, UTC">${start}</time>
${hasIds(span) && idsView(span, root, traceUrl)}<span>${parentView(span)}</span>
<span>scope <bdi>${span.scopeName}</bdi>${span.scopeVersion !== undefined && markup` <bdi>${span.scopeVersion}</bdi>`}</span>
</p>
${detailsView(span, root)}</article>
`;
}

const RUNNING = trusted(' <span class="tag run">running</span>');
const NOT_EXPORTED = trusted(
  ' <span class="tag" title="The trace is not sampled for export">not exported</span>',
);

/** OpenTelemetry's invalid ids are zeros: a span that never was part of a trace. */
export function hasIds({ traceId, spanId }: Pick<ShownSpan, 'traceId' | 'spanId'>): boolean {
  return /[^0]/.test(traceId) && /[^0]/.test(spanId);
}

function idsView({ traceId, spanId }: ShownSpan, root: string, traceUrl: TraceUrl | undefined): Markup {
  const url = traceUrl?.(traceId, spanId);
  return markup`<span>trace <a class="id" href="${traceLink(root, traceId)}">${traceId}</a>${url !== undefined && markup` <a class="out" href="${url}" rel="noreferrer">open in viewer</a>`}</span>
<span>span <code>${spanId}</code></span>
`;
}

function parentView({ parentSpanId, parentIsRemote }: ShownSpan): Inserted {
  if (parentSpanId === undefined) return 'root';
  return markup`parent <code>${parentSpanId}</code>${parentIsRemote === true && ' (remote)'}`;
}

function statusView(message: string | undefined): Markup {
  return markup`<p class="status">Error${message !== undefined && markup`: <bdi>${message}</bdi>`}</p>\n`;
}

/** Status, attributes, events and links of a span, and what is missing of them. */
export function detailsView(span: ShownSpan, root: string): Inserted {
  return [
    span.status === 'ERROR' && statusView(span.statusMessage),
    span.status === 'OK' && markup`<p class="note">Status OK</p>\n`,
    attributesView(span.attributes),
    eventsView(span),
    span.links.length > 0 &&
      markup`<h4>Links</h4><ul class="links">${span.links.map((link) => linkView(link, root))}</ul>\n`,
    missingView(span),
  ];
}

function attributesView(attributes: readonly PlainAttribute[]): Inserted {
  if (attributes.length === 0) return undefined;
  return markup`<dl class="attributes">${attributes.map(attributeView)}</dl>\n`;
}

function attributeView({ key, value, cut }: PlainAttribute): Markup {
  const rest = cut === true && markup`<em title="Only the beginning is kept">… cut</em>`;
  return markup`<div><dt><bdi>${key}</bdi></dt><dd><bdi>${plainText(value)}</bdi>${rest}</dd></div>\n`;
}

function eventsView({ events, eventsDiscarded }: ShownSpan): Inserted {
  if (events.length === 0 && eventsDiscarded === undefined) return undefined;
  const gap = (index: number) =>
    eventsDiscarded?.afterIndex === index &&
    markup`<tr><td colspan="4" class="note">(${count(eventsDiscarded.count)} discarded)</td></tr>\n`;
  const head = events.some(({ attributes }) => attributes.length > 0) ? 'Attributes' : '';
  return markup`<h4>Events</h4><div class="scroll"><table class="events">
<thead><tr><th scope="col" class="n">At</th><th scope="col" class="n">After</th><th scope="col">Event</th><th scope="col">${head}</th></tr></thead>
<tbody>
${events.map((event, i) => [eventView(event), gap(i)])}</tbody></table></div>
`;
}

function eventView(event: PlainEvent): Markup {
  const at = moment(event.timeUnixMicros);
  return markup`<tr><td class="n" title="${at} UTC">+${duration(event.sinceStartMicros * 1000)}</td><td class="n">${duration(event.deltaMicros * 1000)}</td><td><bdi>${event.name}</bdi></td><td>${attributesView(event.attributes)}</td></tr>
`;
}

function linkView(link: PlainLink, root: string): Markup {
  return markup`<li>trace <a class="id" href="${traceLink(root, link.traceId)}">${link.traceId}</a> span <code>${link.spanId}</code>${attributesView(link.attributes)}</li>`;
}

function missingView(span: ShownSpan): Inserted {
  const parts = [
    [span.droppedAttributes, 'attributes'],
    [span.droppedEvents, 'events'],
    [span.droppedLinks, 'links'],
  ] as const;
  const missing = parts.filter(([number]) => number > 0).map(([number, what]) => `${count(number)} ${what}`);
  return missing.length > 0 && markup`<p class="note">Dropped: ${missing.join(', ')}.</p> `;
}

/** An attribute's value on one line. */
export function plainText(value: PlainValue): string {
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}
