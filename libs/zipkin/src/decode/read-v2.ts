import { normalAnnotations, normalTags } from './normal-form.js';
import { shown } from './place.js';
import type { Place } from './place.js';
import { readEndpoint } from './read-endpoint.js';
import { isObject, readBoolean, readList, readLong, readObject, readText } from './read-value.js';
import type { JsonObject } from './read-value.js';
import type { Annotation, Kind, Span } from '../span.js';
import { readParentIdV2, readSpanIdV2, readTraceIdV2 } from './span-id.js';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

const KINDS: ReadonlySet<string> = new Set<Kind>(['CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER']);

/** One span of a v2 list, normalised as Zipkin does; what Zipkin drops is dropped. */
export function readSpanV2(place: Place, value: unknown): Span {
  const source = readObject(place, '', value);
  const span: Writable<Span> = {
    traceId: readTraceIdV2(place, readText(place, 'traceId', source['traceId'])),
    id: '',
  };
  const id = readSpanIdV2(place, readText(place, 'id', source['id']));
  const parentId = optional(source, 'parentId', place, readText);
  const readParentId = parentId === undefined ? undefined : readParentIdV2(place, parentId);
  if (readParentId !== undefined && readParentId !== id) span.parentId = readParentId;
  span.id = id;
  const kind = optional(source, 'kind', place, readKind);
  if (kind !== undefined) span.kind = kind;
  const name = optional(source, 'name', place, readText);
  if (name) span.name = name.toLowerCase();
  const timestamp = optional(source, 'timestamp', place, readLong);
  if (timestamp !== undefined && timestamp > 0) span.timestamp = timestamp;
  const duration = optional(source, 'duration', place, readLong);
  if (duration !== undefined && duration > 0) span.duration = duration;
  const localEndpoint = readEndpoint(place, 'localEndpoint', source['localEndpoint']);
  if (localEndpoint) span.localEndpoint = localEndpoint;
  const remoteEndpoint = readEndpoint(place, 'remoteEndpoint', source['remoteEndpoint']);
  if (remoteEndpoint) span.remoteEndpoint = remoteEndpoint;
  const annotations = optional(source, 'annotations', place, readAnnotations);
  if (annotations) span.annotations = annotations;
  const tags = optional(source, 'tags', place, readTags);
  if (tags) span.tags = tags;
  if (optional(source, 'debug', place, readBoolean)) span.debug = true;
  if (optional(source, 'shared', place, readBoolean) && kind !== 'CLIENT') span.shared = true;
  return span;
}

function optional<T>(
  source: JsonObject,
  field: string,
  place: Place,
  read: (place: Place, field: string, value: unknown) => T,
): T | undefined {
  const value = source[field];
  return value == null ? undefined : read(place, field, value);
}

function readKind(place: Place, field: string, value: unknown): Kind {
  const kind = readText(place, field, value);
  if (KINDS.has(kind)) return kind as Kind;
  return place.fail(
    field,
    'must be CLIENT, SERVER, PRODUCER or CONSUMER',
    kind,
    'leave it out for local work',
  );
}

function readAnnotations(place: Place, field: string, value: unknown): readonly Annotation[] | undefined {
  const annotations: Annotation[] = [];
  const list = readList(place, field, value);
  place.list = field;
  for (place.item = 0; place.item < list.length; place.item++) {
    const source = readObject(place, '', list[place.item]);
    annotations.push({
      timestamp: readLong(place, 'timestamp', source['timestamp']),
      value: readText(place, 'value', source['value']),
    });
  }
  place.list = '';
  return normalAnnotations(annotations);
}

function readTags(place: Place, field: string, value: unknown): Readonly<Record<string, string>> | undefined {
  const source = readObject(place, field, value);
  const keys = Object.keys(source);
  let isNormal = true;
  for (let at = 0; at < keys.length && isNormal; at++) {
    isNormal = typeof source[keys[at]!] === 'string' && (at === 0 || keys[at - 1]! < keys[at]!);
  }
  // Mostly they are as they should be and belong to nobody else: no copy is needed.
  if (isNormal) return keys.length === 0 ? undefined : (source as Readonly<Record<string, string>>);
  return normalTags(keys.map((key) => [key, readTag(place, field, key, source[key])]));
}

/** Names the field only where it is needed: to do so for every tag took 3 % of the time of a body. */
function readTag(place: Place, field: string, key: string, value: unknown): string {
  return typeof value === 'string' ? value : readText(place, `${field}[${shown(key)}]`, value);
}

/** Whether a span has a field that only v2 has. */
export function isSpanV2(value: unknown, fields: readonly string[]): boolean {
  return isObject(value) && fields.some((field) => value[field] != null);
}
