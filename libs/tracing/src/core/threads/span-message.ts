import { isSpanContextValid } from '@opentelemetry/api';
import type { Attributes, HrTime, Link, SpanContext, SpanStatus } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { isHrTime } from '../hr-time.js';
import { knownAttributes } from '../resource-attributes.js';
import { kindOfMessage, THREAD_MESSAGE } from './thread-context.js';

/** A span as it crosses from a worker thread: only what structured clone can copy. */
export interface SpanRecord {
  readonly name: string;
  readonly kind: number;
  readonly context: SpanContext;
  readonly parent?: SpanContext;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly duration: HrTime;
  readonly status: SpanStatus;
  readonly attributes: Attributes;
  readonly links: readonly Link[];
  readonly events: ReadableSpan['events'];
  readonly scope: ReadableSpan['instrumentationScope'];
  readonly resource: Attributes;
  readonly dropped: readonly [attributes: number, events: number, links: number];
}

/** What a worker thread says of its spans. */
export interface SpanMessage {
  readonly [THREAD_MESSAGE]: 'start' | 'end';
  /** Where it runs; its attribute `thread.id` is the application's to change. */
  readonly threadId?: number;
  readonly span: SpanRecord;
}

/** The message for a span that starts or ends in this thread. */
export function spanMessage(event: 'start' | 'end', span: ReadableSpan, threadId?: number): SpanMessage {
  return {
    [THREAD_MESSAGE]: event,
    ...(threadId === undefined ? {} : { threadId }),
    span: {
      name: span.name,
      kind: span.kind,
      context: cloneable(span.spanContext()),
      ...(span.parentSpanContext === undefined ? {} : { parent: cloneable(span.parentSpanContext) }),
      startTime: span.startTime,
      endTime: span.endTime,
      duration: span.duration,
      status: span.status,
      attributes: span.attributes,
      links: span.links.map((link) => ({ ...link, context: cloneable(link.context) })),
      events: span.events,
      scope: span.instrumentationScope,
      resource: knownAttributes(span.resource),
      dropped: [span.droppedAttributesCount, span.droppedEventsCount, span.droppedLinksCount],
    },
  };
}

/** The span message in `message`, or undefined when it is something else, or looks like one and is none. */
export function asSpanMessage(message: unknown): SpanMessage | undefined {
  const kind = kindOfMessage(message);
  if (kind !== 'start' && kind !== 'end') return undefined;
  const { span } = message as { span?: unknown };
  return isSpanRecord(span, kind) ? (message as SpanMessage) : undefined;
}

/** Messages come from threads of the application: one that is malformed must not reach the exporters. */
function isSpanRecord(value: unknown, event: 'start' | 'end'): value is SpanRecord {
  if (!isObject(value)) return false;
  const { name, kind, context, parent, startTime, endTime, duration, status } = value;
  const { attributes, links, events, scope, resource, dropped } = value;
  return (
    typeof name === 'string' &&
    typeof kind === 'number' &&
    isSpanContextLike(context) &&
    (parent === undefined || isSpanContextLike(parent)) &&
    // A span that has only started has no end to speak of.
    (event === 'end' ? [startTime, endTime, duration] : [startTime]).every(isHrTime) &&
    [status, attributes, scope, resource].every(isObject) &&
    [links, events, dropped].every(Array.isArray)
  );
}

function isSpanContextLike(value: unknown): boolean {
  return (
    isObject(value) &&
    typeof value['traceFlags'] === 'number' &&
    isSpanContextValid(value as unknown as SpanContext)
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** A trace state is an object with methods, which structured clone refuses. */
function cloneable({ traceId, spanId, traceFlags, isRemote }: SpanContext): SpanContext {
  return { traceId, spanId, traceFlags, ...(isRemote === undefined ? {} : { isRemote }) };
}
