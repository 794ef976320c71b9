import type { Place } from './place.js';
import { readEndpoint } from './read-endpoint.js';
import { isObject, readBoolean, readList, readLong, readObject, readText } from './read-value.js';
import type { JsonObject } from './read-value.js';
import type { Endpoint } from '../span.js';
import { readIdV1, readTraceIdV1 } from './span-id.js';
import { isAddress } from './v1-tags.js';

/** A v1 annotation. */
export interface AnnotationV1 {
  readonly timestamp: number;
  readonly value: string;
  readonly endpoint?: Endpoint;
}

/** A v1 binary annotation: a tag, or the address that its key names. */
export interface BinaryAnnotationV1 {
  readonly key: string;
  /** Empty on an address that came as one. */
  readonly value: string;
  readonly endpoint?: Endpoint;
}

/** A span as v1 has it: several services may speak in it. */
export interface SpanV1 {
  readonly traceId: string;
  readonly parentId?: string;
  readonly id: string;
  readonly name?: string;
  /** 0 when absent; may be negative, which counts as given. */
  readonly timestamp: number;
  /** 0 when absent; may be negative. */
  readonly duration: number;
  readonly annotations: readonly AnnotationV1[];
  readonly binaryAnnotations: readonly BinaryAnnotationV1[];
  readonly debug: boolean;
}

/** One span of a v1 list. */
export function readSpanV1(place: Place, value: unknown): SpanV1 {
  const source = readObject(place, '', value);
  const traceId = readTraceIdV1(place, readText(place, 'traceId', source['traceId']));
  const idText = readText(place, 'id', source['id']);
  const id = readIdV1(place, 'id', idText);
  if (id === undefined) return place.fail('id', 'must not be 0', idText, 'give the span an id');
  const parentId = source['parentId'];
  const name = source['name'];
  return {
    traceId,
    parentId:
      parentId == null ? undefined : readIdV1(place, 'parentId', readText(place, 'parentId', parentId)),
    id,
    name: name == null ? undefined : readText(place, 'name', name).toLowerCase(),
    timestamp: longOf(place, source, 'timestamp'),
    duration: longOf(place, source, 'duration'),
    annotations: eachOf(place, source, 'annotations', readAnnotation),
    binaryAnnotations: eachOf(place, source, 'binaryAnnotations', readBinaryAnnotation),
    debug: source['debug'] != null && readBoolean(place, 'debug', source['debug']),
  };
}

function longOf(place: Place, source: JsonObject, field: string): number {
  const value = source[field];
  return value == null ? 0 : readLong(place, field, value);
}

function eachOf<T>(
  place: Place,
  source: JsonObject,
  field: string,
  read: (place: Place, item: JsonObject) => T | undefined,
): T[] {
  const value = source[field];
  if (value == null) return [];
  const list = readList(place, field, value);
  const items: T[] = [];
  place.list = field;
  for (place.item = 0; place.item < list.length; place.item++) {
    const item = read(place, readObject(place, '', list[place.item]));
    if (item !== undefined) items.push(item);
  }
  place.list = '';
  return items;
}

function readAnnotation(place: Place, source: JsonObject): AnnotationV1 {
  return {
    timestamp: readLong(place, 'timestamp', source['timestamp']),
    value: readText(place, 'value', source['value']),
    endpoint: readEndpoint(place, 'endpoint', source['endpoint']),
  };
}

/** Zipkin keeps strings and addresses of what v1 could hold; any other value is dropped. */
function readBinaryAnnotation(place: Place, source: JsonObject): BinaryAnnotationV1 | undefined {
  const key = readText(place, 'key', source['key'] ?? undefined);
  const endpoint = readEndpoint(place, 'endpoint', source['endpoint']);
  const value = source['value'];
  if (typeof value === 'string') return { key, value, endpoint };
  return value === true && endpoint && isAddress(key) ? { key, value: '', endpoint } : undefined;
}

/** Whether a span has a field that only v1 has: binary annotations, or an annotation with an endpoint. */
export function isSpanV1(value: unknown): boolean {
  if (!isObject(value)) return false;
  if (value['binaryAnnotations'] != null) return true;
  const { annotations } = value;
  return (
    Array.isArray(annotations) &&
    annotations.some((item: unknown) => isObject(item) && item['endpoint'] != null)
  );
}
