import { normalAnnotations, normalTags } from './normal-form.js';
import { readAttributes, tagText } from './otlp-attributes.js';
import type { Attributes } from './otlp-attributes.js';
import { ENDPOINT_KEYS, localEndpoint, remoteEndpoint } from './otlp-endpoint.js';
import { readOtlpId } from './otlp-id.js';
import { microsOf, readNanos } from './otlp-time.js';
import { otlpTags } from './otlp-tags.js';
import type { Place } from './place.js';
import { plainNumber, readList, readObject } from './read-value.js';
import type { Annotation, Endpoint, Kind, Span } from '../span.js';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** What the spans of one scope have in common. */
export interface OtlpScope {
  /** Of the resource. */
  readonly endpoint: Endpoint;
  /** Who made the spans; empty when that is not said. */
  readonly name: string;
}

/** One span of OTLP/JSON as Zipkin's model has it. */
export function readOtlpSpan(place: Place, value: unknown, scope: OtlpScope): Span {
  const source = readObject(place, '', value);
  const traceId = readOtlpId(place, 'traceId', source['traceId'], 16);
  const id = readOtlpId(place, 'spanId', source['spanId'], 8);
  if (traceId === undefined || id === undefined) {
    const field = traceId === undefined ? 'traceId' : 'spanId';
    return place.fail(field, 'must not be 0', source[field], 'give it an id');
  }
  const parentId = readOtlpId(place, 'parentSpanId', source['parentSpanId'], 8);
  const attributes = readAttributes(place, 'attributes', source['attributes']);
  const kind = kindOf(source['kind']);
  const start = readNanos(place, 'startTimeUnixNano', source['startTimeUnixNano']);
  const end = readNanos(place, 'endTimeUnixNano', source['endTimeUnixNano']);
  const timestamp = microsOf(start);
  const local = localEndpoint(scope.endpoint, attributes);
  const remote = remoteEndpoint(kind, attributes);
  const annotations = readEvents(place, source['events']);
  const tags = normalTags(otlpTags(place, source, { attributes, scopeName: scope.name }));

  const span: Writable<Span> = {
    traceId: traceId.startsWith('0'.repeat(16)) ? traceId.slice(16) : traceId,
    id,
  };
  if (parentId !== undefined && parentId !== id) span.parentId = parentId;
  if (kind !== undefined) span.kind = kind;
  if (source['name'] != null) span.name = nameOf(place, source['name']);
  if (!span.name) delete span.name;
  if (timestamp !== undefined) span.timestamp = timestamp;
  // Less than a microsecond, and a clock that was set back, are 1.
  if (timestamp !== undefined && end > 0n) span.duration = (end > start && microsOf(end - start)) || 1;
  if (local) span.localEndpoint = local;
  if (remote) span.remoteEndpoint = remote;
  if (annotations) span.annotations = annotations;
  if (tags) span.tags = tags;
  return span;
}

function nameOf(place: Place, name: unknown): string {
  return typeof name === 'string'
    ? name.toLowerCase()
    : place.fail('name', 'must be a string', name, 'write it as a string');
}

const KINDS: ReadonlyMap<unknown, Kind> = new Map<unknown, Kind>([
  [2, 'SERVER'],
  ['SPAN_KIND_SERVER', 'SERVER'],
  [3, 'CLIENT'],
  ['SPAN_KIND_CLIENT', 'CLIENT'],
  [4, 'PRODUCER'],
  ['SPAN_KIND_PRODUCER', 'PRODUCER'],
  [5, 'CONSUMER'],
  ['SPAN_KIND_CONSUMER', 'CONSUMER'],
]);

/** By number or name; internal and what a later version adds is local work. */
function kindOf(value: unknown): Kind | undefined {
  return KINDS.get(plainNumber(value));
}

function readEvents(place: Place, value: unknown): readonly Annotation[] | undefined {
  if (value == null) return undefined;
  const annotations: Annotation[] = [];
  for (const [at, item] of readList(place, 'events', value).entries()) {
    const event = readObject(place, `events[${at}]`, item);
    const timestamp = microsOf(readNanos(place, `events[${at}].timeUnixNano`, event['timeUnixNano']));
    const attributes = readAttributes(place, `events[${at}].attributes`, event['attributes']);
    if (timestamp !== undefined) annotations.push({ timestamp, value: eventText(event['name'], attributes) });
  }
  return normalAnnotations(annotations);
}

/** The name, and what else is known of it as JSON. */
function eventText(name: unknown, attributes: Attributes): string {
  const shown = [...attributes].filter(([key]) => !ENDPOINT_KEYS.has(key));
  const text = typeof name === 'string' ? name : '';
  return shown.length > 0 ? `${text}: ${tagText(Object.fromEntries(shown))}` : text;
}
