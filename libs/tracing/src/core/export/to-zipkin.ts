import { SpanStatusCode } from '@opentelemetry/api';
import type { Attributes, HrTime } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Annotation, Endpoint, Kind, Span } from '@distrace/zipkin';
import { ATTR_ENDPOINT_IP, ATTR_ENDPOINT_PORT, ATTR_ENDPOINT_SERVICE } from '../endpoint.js';
import { knownAttributes } from '../resource-attributes.js';
import { endpointFrom, remoteEndpoint } from './to-zipkin-endpoint.js';

/** What a span does not say itself. */
export interface ZipkinDefaults {
  /** Fills the parts of the local endpoint that neither span nor resource have. */
  readonly endpoint?: Endpoint;
}

/**
 * An OpenTelemetry span as Zipkin sees it. Follows OpenTelemetry's own mapping, with endpoints of its own for
 * annotations. The attributes `distrace.piece` and `distrace.shared` steer the conversion and never show up;
 * an opening piece (`distrace.piece` = `open`) has no duration. Flags never leave the process. Times that Zipkin
 * cannot hold are left out. Pure. Throws a TypeError for a span without valid ids or start, or with an attribute
 * that JSON cannot hold: it would cost its whole batch.
 */
export function toZipkinSpan(span: ReadableSpan, { endpoint }: ZipkinDefaults = {}): Span {
  const { attributes, resource } = span;
  const { traceId, spanId } = span.spanContext();
  const parentId = span.parentSpanContext?.spanId;
  const kind = KINDS[span.kind];
  const localEndpoint = {
    ...endpoint,
    ...endpointFrom(knownAttributes(resource)),
    ...endpointFrom(attributes),
  };
  const tags = tagsOf(span);
  const timestamp = micros(span.startTime);
  if (!isTime(timestamp)) throw new TypeError('the span has no start time');
  if (!isId(traceId, 32) || !isId(spanId, 16)) throw new TypeError('the span has no valid trace and span id');
  const result: Writable<Span> = {
    traceId: traceId.startsWith('0000000000000000') ? traceId.slice(16) : traceId,
    id: spanId,
    timestamp,
  };
  if (isId(parentId, 16) && parentId !== spanId) result.parentId = parentId;
  if (kind !== undefined) result.kind = kind;
  if (typeof span.name === 'string' && span.name !== '') result.name = span.name;
  const duration = Math.max(1, micros(span.duration));
  if (attributes[ATTR_PIECE] !== 'open' && isTime(duration)) result.duration = duration;
  if (Object.keys(localEndpoint).length > 0) result.localEndpoint = localEndpoint;
  const remote = remoteEndpoint(kind, attributes);
  if (remote !== undefined) result.remoteEndpoint = remote;
  if (span.events.length > 0) result.annotations = annotationsOf(span, localEndpoint);
  if (tags.length > 0) result.tags = Object.fromEntries(tags);
  if (attributes[ATTR_SHARED] === true && kind !== 'CLIENT') result.shared = true;
  return result;
}

/** Whether an attribute is for Distrace alone and never leaves the process. */
export function isInternalAttribute(key: string): boolean {
  return key === ATTR_PIECE || key === ATTR_SHARED || key.startsWith(FLAG_PREFIX);
}

/** Which piece of a span this is: `open` or `close`; absent for a whole span. */
export const ATTR_PIECE = 'distrace.piece';
const ATTR_SHARED = 'distrace.shared';
const FLAG_PREFIX = 'distrace.flag';
/** The attributes of an endpoint: no tags, but a part of the span or annotation. */
export const ENDPOINT_KEYS: ReadonlySet<string> = new Set([
  ATTR_ENDPOINT_SERVICE,
  ATTR_ENDPOINT_IP,
  ATTR_ENDPOINT_PORT,
]);

/** Zipkin's kind for each of OpenTelemetry's, by its number. */
export const KINDS: readonly (Kind | undefined)[] = [undefined, 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];

type Writable<T> = { -readonly [K in keyof T]: T[K] };

function tagsOf(span: ReadableSpan): [key: string, value: string][] {
  const { attributes, status } = span;
  const failed = status.code === SpanStatusCode.ERROR;
  const tags: [string, string][] = [];
  for (const [key, value] of Object.entries(attributes)) {
    if (value == null || ENDPOINT_KEYS.has(key) || isInternalAttribute(key)) continue;
    // Zipkin takes any tag `error`, even "false", for a failure; the status below says it better.
    if (key === 'error' && (failed || value === false || value === 'false')) continue;
    tags.push([key, tagText(value)]);
  }
  if (failed) tags.push(['error', errorText(span)]);
  // Spans of hand-written code often have no scope worth a tag, instrumentations' always do.
  const { name: scope } = span.instrumentationScope;
  if (scope) tags.push(['otel.scope.name', tagText(scope)]);
  if (span.links?.length > 0) tags.push([TAG_LINKS, linksText(span.links)]);
  const dropped = {
    'otel.dropped_attributes_count': span.droppedAttributesCount,
    'otel.dropped_events_count': span.droppedEventsCount,
    'otel.dropped_links_count': span.droppedLinksCount,
  };
  for (const [key, count] of Object.entries(dropped)) if (count > 0) tags.push([key, String(count)]);
  return tags;
}

/** Zipkin has no links: `trace id-span id` of the first sixteen, by commas. */
export const TAG_LINKS = 'distrace.links';
const MAX_LINKS_TOLD = 16;

function linksText(links: ReadableSpan['links']): string {
  const told = links.slice(0, MAX_LINKS_TOLD).map(({ context }) => `${context.traceId}-${context.spanId}`);
  if (links.length > told.length) told.push(`and ${links.length - told.length} more`);
  return told.join(', ');
}

/** The tag `error` of a failed span. */
export function errorText({ status, attributes }: ReadableSpan): string {
  return tagText(status.message || (attributes['error.type'] ?? true));
}

/** The events of a span as annotations, in order of time. */
export function annotationsOf(span: ReadableSpan, local: Endpoint): Annotation[] {
  const annotations = span.events.map(({ name, time, attributes = {} }): Annotation => {
    const shown = Object.entries(attributes).filter(
      ([key, value]) => value != null && !ENDPOINT_KEYS.has(key) && !isInternalAttribute(key),
    );
    const value = shown.length > 0 ? `${name}: ${JSON.stringify(Object.fromEntries(shown))}` : String(name);
    const endpoint = ownEndpoint(attributes, local);
    return endpoint === undefined
      ? { timestamp: micros(time), value }
      : { timestamp: micros(time), value, endpoint };
  });
  return annotations
    .filter(({ timestamp }) => isTime(timestamp))
    .toSorted((a, b) => a.timestamp - b.timestamp);
}

/** An annotation may say only a part (another port, say): the rest is the span's, unless the service differs. */
function ownEndpoint(attributes: Attributes, local: Endpoint): Endpoint | undefined {
  const own = endpointFrom(attributes);
  if (Object.keys(own).length === 0) return undefined;
  const sameService = own.serviceName === undefined || own.serviceName === local.serviceName;
  return sameService ? { ...local, ...own } : own;
}

/** An attribute's value as a tag. */
export function tagText(value: unknown): string {
  return (typeof value === 'object' ? JSON.stringify(value) : undefined) ?? String(value);
}

/** A time as microseconds. */
export function micros(time: HrTime): number {
  return time[0] * 1e6 + Math.round(time[1] / 1e3);
}

function isTime(number: number): boolean {
  return Number.isSafeInteger(number) && number > 0;
}

/** Zipkin answers 400 to a whole body for one span with another id. */
function isId(id: string | undefined, maxLength: number): id is string {
  return typeof id === 'string' && id.length <= maxLength && /^[\da-f]+$/.test(id) && /[^0]/.test(id);
}
