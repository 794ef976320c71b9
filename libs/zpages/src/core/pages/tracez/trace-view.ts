import { count, duration } from '../format.js';
import { markup, trusted } from '../markup.js';
import type { Inserted, Markup } from '../markup.js';
import { within } from '../within.js';
import { rowLink } from './links.js';
import type { TraceUrl } from './links.js';
import { ageView, nameView } from './names-view.js';
import type { ShownTraceSpan } from './shown.js';
import { detailsView } from './span-view.js';

/** What the page of a trace is made from. */
export interface TraceData {
  readonly traceId: string;
  /** Depth first. */
  readonly spans: readonly ShownTraceSpan[];
  /** How many more there are that the answer has no room for. */
  readonly spansLeftOut: number;
  /** How many more there were; those known of. */
  readonly spansNotKept: number;
  /** Nothing of it is missing below the spans through which it came here. */
  readonly whole: boolean;
}

/** Deeper ones stand at this depth, so that a chain of a thousand does not leave the screen. */
const MAX_INDENT = 16;

/** The page of one trace: its spans in this process, parent above child, on one time line. */
export function* traceView(
  data: TraceData,
  root: string,
  traceUrl: TraceUrl | undefined,
  maxBytes: number,
): Generator<Markup> {
  const { traceId, spans, spansLeftOut } = data;
  const url = traceUrl?.(traceId);
  const scale = timeScale(spans);
  const outlines = spans.some((span) => span.outline === true);
  yield markup`<p class="up"><a href="${root}tracez" id="up">All names</a></p>
<h1 class="row-name">Trace <code>${traceId}</code></h1>
<p class="note">${howWhole(data)} ${outlines && 'Of those that are no samples only name, times and status are kept. '}Over ${duration(scale.micros * 1000)}.${url !== undefined && markup` <a class="out" href="${url}" rel="noreferrer">Open in viewer</a>`}</p>
<div class="scroll" tabindex="0" role="region" aria-label="Spans of the trace"><table class="trace">
<thead><tr><th scope="col">Name</th><th scope="col" class="n">Duration</th><th scope="col" class="line">Time line</th><th scope="col" class="n">Start</th><th scope="col">Kind</th><th scope="col">Span</th></tr></thead>
`;
  const here = new Set(spans.map(({ spanId }) => spanId));
  const pieces = within(spans, maxBytes, (span) => traceRow(span, scale, root, here));
  let next = pieces.next();
  for (; next.done !== true; next = pieces.next()) yield next.value;
  const omitted = next.value.omitted + spansLeftOut;
  yield markup`</table></div>
${omitted > 0 && markup`<p class="note">${count(omitted)} more spans found no room on this page.</p>`}
`;
}

/** How many of the trace's spans are here, and whether there were more. */
export function howWhole({ spans, spansLeftOut, spansNotKept, whole }: TraceData): string {
  const all = spans.length + spansLeftOut;
  const many = `${count(all)} ${all === 1 ? 'span' : 'spans'}`;
  if (whole) return `${many}: all that this process ran of it, below where it came in.`;
  const missing =
    spansNotKept === 0
      ? 'others may have ended before it was followed.'
      : `${count(spansNotKept)} more ended and ${spansNotKept === 1 ? 'was' : 'were'} not kept.`;
  return `${many} of it here; ${missing}`;
}

interface TimeScale {
  readonly startMicros: number;
  readonly micros: number;
}

/** From the first start to the last end, or to now for one that runs. */
function timeScale(spans: readonly ShownTraceSpan[]): TimeScale {
  const startMicros = Math.min(...spans.map((span) => span.startUnixMicros));
  const endMicros = Math.max(...spans.map((span) => span.startUnixMicros + microsOf(span)));
  return { startMicros, micros: Math.max(endMicros - startMicros, 0) };
}

function microsOf(span: ShownTraceSpan): number {
  return span.running ? span.ageMs * 1000 : span.durationNanos / 1000;
}

function traceRow(span: ShownTraceSpan, scale: TimeScale, root: string, here: ReadonlySet<string>): Markup {
  const indent = trusted('<i></i>'.repeat(Math.min(span.depth, MAX_INDENT)));
  const tone = span.status === 'ERROR' ? 'err' : span.running ? 'run' : '';
  const level = span.depth > MAX_INDENT && markup` <em>(level ${span.depth + 1})</em>`;
  const start = duration((span.startUnixMicros - scale.startMicros) * 1000);
  return markup`<tbody data-key="${span.spanId}" class="${tone}"><tr><th scope="row"><span class="indent">${indent}</span><a class="name" href="${rowLink(root, span.ref)}">${nameView(span.name)}</a>${level}</th><td class="n">${span.running ? ageView(span.ageMs) : duration(span.durationNanos)}</td><td class="line">${barView(span, scale)}</td><td class="n">+${start}</td><td>${span.kind.toLowerCase()}${span.running && ' running'}</td><td><code>${span.spanId}</code></td></tr>
${moreView(span, root, here)}</tbody>
`;
}

/** A second line for what most spans do not have, and for what is kept of samples. */
function moreView(span: ShownTraceSpan, root: string, here: ReadonlySet<string>): Inserted {
  const message = span.statusMessage?.slice(0, 200);
  const status =
    span.status === 'ERROR' &&
    markup`<span class="status">error${message !== undefined && markup`: <bdi>${message}</bdi>`}</span> `;
  // The parent of a worker thread's span comes as headers do, and stands above it.
  const elsewhere = span.parentIsRemote === true && !here.has(span.parentSpanId ?? '');
  const parent = elsewhere && markup`parent <code>${span.parentSpanId}</code> in another process `;
  const known = [
    [span.attributes.length, 'attribute'],
    [span.events.length, 'event'],
    [span.links.length, 'link'],
  ] as const;
  const details = known
    .filter(([number]) => number > 0)
    .map(([number, what]) => `${count(number)} ${what}${number === 1 ? '' : 's'}`);
  if (status === false && parent === false && details.length === 0) return undefined;
  const summary = [status, parent, parent !== false && details.length > 0 && '· ', details.join(', ')];
  const body =
    details.length === 0
      ? markup`<p>${summary}</p>`
      : markup`<details><summary>${summary}</summary>${detailsView(span, root)}</details>`;
  return markup`<tr class="more"><td colspan="6">${body}</td></tr>`;
}

// SVG takes its measures as attributes, which a strict policy for styles allows.
function barView(span: ShownTraceSpan, { startMicros, micros }: TimeScale): Markup {
  const share = (value: number) => (micros === 0 ? 0 : (100 * value) / micros);
  const x = share(span.startUnixMicros - startMicros);
  const width = micros === 0 ? 100 : Math.max(0.6, Math.min(100 - x, share(microsOf(span))));
  return markup`<svg width="100%" height="12" aria-hidden="true"><rect x="${Math.min(x, 99.4).toFixed(2)}%" width="${width.toFixed(2)}%" height="12" rx="2"></rect></svg>`;
}
