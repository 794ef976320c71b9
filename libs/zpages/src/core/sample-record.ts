import type { SpanContext } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { NO_ATTRIBUTES, bytesOfAttributes, compactAttributes } from './compact-attributes.js';
import type { CompactAttributes } from './compact-attributes.js';
import { OUTLINE, bytesOfExtras, eventsAndLinksOf, extrasOf } from './sample-extras.js';
import type { Extras, SampleLimits } from './sample-extras.js';
import { bytesOfScope, keptScope } from './sample-scope.js';
import type { KeptScope } from './sample-scope.js';
import { ownText } from './text.js';
import { durationNanos, isSampled, unixMicros } from './span-times.js';

/** Measured: the record itself with its ids and boxed numbers. */
const RECORD_BYTES = 330;

/**
 * UTF-16 units kept of a span's attributes, events and links together, or some spans with 64 attributes in each of
 * ten events would fill pages and memory: 1.4 million each.
 */
const MAX_RECORD_LENGTH = 65_536;

/**
 * A span without what it points to: a third of the SDK's object. The copy shares nothing that the application
 * could change.
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
  readonly scope: KeptScope | undefined;
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
  // At least one text of the length that somebody asked for.
  const room = Math.max(MAX_RECORD_LENGTH, limits.maxValueLength);
  // Events and links first: half of it is theirs, and attributes have the rest.
  const { kept, left } = eventsAndLinksOf(span, limits, room / 2);
  const attributes = compactAttributes(span.attributes, limits, room / 2 + left);
  const extras = extrasOf(span, attributes, kept, limits);
  const scope = keptScope(span.instrumentationScope, limits.maxValueLength);
  return {
    name,
    traceId: ownText(traceId),
    spanId: ownText(spanId),
    parentSpanId: parent === undefined ? undefined : ownText(parent.spanId),
    parentIsRemote: parent?.isRemote === true,
    kind: span.kind,
    statusCode: span.status.code,
    sampled: isSampled(span),
    scope,
    startUnixMicros: unixMicros(span.startTime),
    durationNanos: durationNanos(span),
    attributes,
    extras,
    bytes: RECORD_BYTES + bytesOfScope(scope) + bytesOfAttributes(attributes) + bytesOfExtras(extras),
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
