import type { SpanContext } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import {
  NO_ATTRIBUTES,
  bytesOfAttributes,
  bytesOfText,
  compactAttributes,
  leftOut,
} from './compact-attributes.js';
import type { AttributeLimits, CompactAttributes } from './compact-attributes.js';
import { cutText, ownText } from './text.js';
import { durationNanos, isSampled, unixMicros } from './span-times.js';

/** How much is kept of a span. */
export interface SampleLimits extends AttributeLimits {
  readonly maxEvents: number;
  readonly maxLinks: number;
}

/** An event as it is kept. */
export interface CompactEvent {
  readonly name: string;
  readonly timeUnixMicros: number;
  readonly attributes: CompactAttributes;
}

/** A link as it is kept. */
export interface CompactLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: CompactAttributes;
}

/** What most samples do not have, behind one reference. */
interface Extras {
  readonly statusMessage: string | undefined;
  readonly events: readonly CompactEvent[];
  readonly eventsDiscarded: { readonly count: number; readonly afterIndex: number } | undefined;
  readonly links: readonly CompactLink[];
  readonly droppedAttributes: number;
  readonly droppedEvents: number;
  readonly droppedLinks: number;
  /** The rest of the span was not kept. */
  readonly isOutline: boolean;
}

const NO_EXTRAS: Extras = {
  statusMessage: undefined,
  events: [],
  eventsDiscarded: undefined,
  links: [],
  droppedAttributes: 0,
  droppedEvents: 0,
  droppedLinks: 0,
  isOutline: false,
};
const OUTLINE: Extras = { ...NO_EXTRAS, isOutline: true };

/** Measured: the record itself with its ids and boxed numbers. */
const RECORD_BYTES = 330;
const ENTRY_BYTES = 80;

/**
 * A span without what it points to: a third of the SDK's object. The copy shares nothing that the application
 * could change, except the scope.
 */
export interface SampleRecord {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly parentIsRemote: boolean;
  readonly kind: number;
  readonly statusCode: number;
  readonly sampled: boolean;
  readonly scope: ReadableSpan['instrumentationScope'] | undefined;
  readonly startUnixMicros: number;
  readonly durationNanos: number;
  readonly attributes: CompactAttributes;
  readonly extras: Extras;
  /** A high estimate. */
  readonly bytes: number;
}

/** Copies what is kept of a span. `name` is the row's own text where it is the span's. */
export function recordOf(span: ReadableSpan, name: string, limits: SampleLimits): SampleRecord {
  const { traceId, spanId } = span.spanContext();
  const parent = span.parentSpanContext;
  const attributes = compactAttributes(span.attributes, limits);
  const extras = extrasOf(span, attributes, limits);
  return {
    name,
    traceId: ownText(traceId),
    spanId: ownText(spanId),
    parentSpanId: parent === undefined ? undefined : ownText(parent.spanId),
    parentIsRemote: parent?.isRemote === true,
    kind: span.kind,
    statusCode: span.status.code,
    sampled: isSampled(span),
    scope: span.instrumentationScope,
    startUnixMicros: unixMicros(span.startTime),
    durationNanos: durationNanos(span),
    attributes,
    extras,
    bytes: RECORD_BYTES + bytesOfAttributes(attributes) + bytesOfExtras(extras),
  };
}

/** What is known of a span that is kept as an outline. */
export interface SpanOutline extends Omit<
  SampleRecord,
  'parentSpanId' | 'parentIsRemote' | 'scope' | 'attributes' | 'extras' | 'bytes'
> {
  readonly parent: SpanContext | undefined;
  readonly statusMessage: string | undefined;
}

/** A record without attributes, events and links. */
export function outlineOf({ parent, statusMessage, ...known }: SpanOutline): SampleRecord {
  const extras = statusMessage === undefined ? OUTLINE : { ...OUTLINE, statusMessage };
  return {
    name: known.name,
    traceId: ownText(known.traceId),
    spanId: ownText(known.spanId),
    parentSpanId: parent === undefined ? undefined : ownText(parent.spanId),
    parentIsRemote: parent?.isRemote === true,
    kind: known.kind,
    statusCode: known.statusCode,
    sampled: known.sampled,
    scope: undefined,
    startUnixMicros: known.startUnixMicros,
    durationNanos: known.durationNanos,
    attributes: NO_ATTRIBUTES,
    extras,
    bytes: RECORD_BYTES + bytesOfExtras(extras),
  };
}

function extrasOf(span: ReadableSpan, attributes: CompactAttributes, limits: SampleLimits): Extras {
  const { status, events, links } = span;
  const droppedAttributes = (span.droppedAttributesCount ?? 0) + leftOut(span.attributes, attributes);
  const droppedEvents = span.droppedEventsCount ?? 0;
  const droppedLinks = (span.droppedLinksCount ?? 0) + Math.max(0, links.length - limits.maxLinks);
  const isPlain =
    status.message === undefined &&
    events.length === 0 &&
    links.length === 0 &&
    droppedAttributes + droppedEvents + droppedLinks === 0;
  if (isPlain) return NO_EXTRAS;
  // The line that says how many are missing is one of the lines.
  const discards = events.length > limits.maxEvents;
  const head = discards ? Math.ceil((limits.maxEvents - 1) / 2) : events.length;
  const tail = discards ? limits.maxEvents - 1 - head : 0;
  const kept = discards ? [...events.slice(0, head), ...events.slice(events.length - tail)] : events;
  return {
    statusMessage:
      status.message === undefined ? undefined : ownText(cutText(status.message, limits.maxValueLength)),
    events: kept.map((event) => ({
      name: ownText(cutText(event.name, limits.maxValueLength)),
      timeUnixMicros: unixMicros(event.time),
      attributes: compactAttributes(event.attributes, limits),
    })),
    eventsDiscarded: discards ? { count: events.length - head - tail, afterIndex: head } : undefined,
    links: links.slice(0, limits.maxLinks).map((link) => ({
      traceId: ownText(link.context.traceId),
      spanId: ownText(link.context.spanId),
      attributes: compactAttributes(link.attributes, limits),
    })),
    droppedAttributes,
    droppedEvents,
    droppedLinks,
    isOutline: false,
  };
}

function bytesOfExtras(extras: Extras): number {
  if (extras === NO_EXTRAS || extras === OUTLINE) return 0;
  let bytes = ENTRY_BYTES + (extras.statusMessage === undefined ? 0 : bytesOfText(extras.statusMessage));
  for (const { name, attributes } of extras.events) {
    bytes += ENTRY_BYTES + bytesOfText(name) + bytesOfAttributes(attributes);
  }
  for (const { attributes } of extras.links) bytes += 2 * ENTRY_BYTES + bytesOfAttributes(attributes);
  return bytes;
}
