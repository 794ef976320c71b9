import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { plainAttributes } from './compact-attributes.js';
import type {
  EndedSpan,
  PlainEvent,
  PlainSpan,
  RunningSpan,
  SpanKindName,
  StatusName,
  StuckSpan,
} from './span-data.js';
import { recordOf } from './sample-record.js';
import type { CompactEvent, SampleLimits } from './sample-extras.js';
import type { SampleRecord } from './sample-record.js';
import { ageMs, isSampled, unixMicros } from './span-times.js';
import { cutText } from './text.js';

const KINDS: readonly SpanKindName[] = ['INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];
const STATUSES: readonly StatusName[] = ['UNSET', 'OK', 'ERROR'];

/** The name of a span kind; INTERNAL for a number that is none. */
export function kindName(kind: number): SpanKindName {
  return KINDS[kind] ?? 'INTERNAL';
}

/** A sample as answers show it. */
export function endedSpan(record: SampleRecord): EndedSpan {
  return { ...plainSpan(record), running: false, durationNanos: record.durationNanos };
}

/** A running span as it is at this moment. */
export function runningSpan(
  span: ReadableSpan,
  nowMs: number,
  limits: SampleLimits & { readonly maxNameLength: number },
): RunningSpan {
  const record = recordOf(span, cutText(String(span.name), limits.maxNameLength), limits);
  return { ...plainSpan(record), running: true, ageMs: ageMs(span, nowMs) };
}

/** A running span in a list that says no more than where to look. */
export function stuckSpan(span: ReadableSpan, nowMs: number, maxNameLength: number): StuckSpan {
  const { traceId, spanId } = span.spanContext();
  const parentSpanId = span.parentSpanContext?.spanId;
  return {
    name: cutText(String(span.name), maxNameLength),
    traceId,
    spanId,
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    kind: kindName(span.kind),
    sampled: isSampled(span),
    startUnixMicros: unixMicros(span.startTime),
    running: true,
    ageMs: ageMs(span, nowMs),
  };
}

function plainSpan({ scope, extras, ...record }: SampleRecord): PlainSpan {
  return {
    name: record.name,
    traceId: record.traceId,
    spanId: record.spanId,
    ...(record.parentSpanId === undefined ? {} : { parentSpanId: record.parentSpanId }),
    ...(record.parentIsRemote ? { parentIsRemote: true } : {}),
    kind: kindName(record.kind),
    scopeName: scope?.name ?? '',
    ...(scope?.version === undefined ? {} : { scopeVersion: scope.version }),
    sampled: record.sampled,
    startUnixMicros: record.startUnixMicros,
    status: STATUSES[record.statusCode] ?? 'UNSET',
    ...(extras.statusMessage === undefined ? {} : { statusMessage: extras.statusMessage }),
    attributes: plainAttributes(record.attributes),
    events: plainEvents(extras.events, record.startUnixMicros),
    ...(extras.eventsDiscarded === undefined ? {} : { eventsDiscarded: extras.eventsDiscarded }),
    links: extras.links.map((link) => ({
      traceId: link.traceId,
      spanId: link.spanId,
      attributes: plainAttributes(link.attributes),
    })),
    droppedAttributes: extras.droppedAttributes,
    droppedEvents: extras.droppedEvents,
    droppedLinks: extras.droppedLinks,
    ...(extras.isOutline ? { outline: true } : {}),
  };
}

function plainEvents(events: readonly CompactEvent[], startUnixMicros: number): PlainEvent[] {
  let before = startUnixMicros;
  const sorted = events.toSorted((a, b) => a.timeUnixMicros - b.timeUnixMicros);
  return sorted.map(({ name, timeUnixMicros, attributes }) => {
    const deltaMicros = timeUnixMicros - before;
    before = timeUnixMicros;
    return {
      name,
      timeUnixMicros,
      sinceStartMicros: timeUnixMicros - startUnixMicros,
      deltaMicros,
      attributes: plainAttributes(attributes),
    };
  });
}
