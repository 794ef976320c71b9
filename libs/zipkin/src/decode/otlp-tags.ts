import { tagText } from './otlp-attributes.js';
import type { Attributes } from './otlp-attributes.js';
import { ENDPOINT_KEYS } from './otlp-endpoint.js';
import { readOtlpId } from './otlp-id.js';
import type { Place } from './place.js';
import { isObject, plainNumber, readList, readObject } from './read-value.js';
import type { JsonObject } from './read-value.js';

/** Zipkin has no links: `trace id-span id` of the first sixteen, by commas. */
const TAG_LINKS = 'distrace.links';
const MAX_LINKS_TOLD = 16;
const DROPPED = {
  'otel.dropped_attributes_count': 'droppedAttributesCount',
  'otel.dropped_events_count': 'droppedEventsCount',
  'otel.dropped_links_count': 'droppedLinksCount',
} as const;

/** A span's tags: its attributes, and what Zipkin has no other place for. */
export function otlpTags(
  place: Place,
  source: JsonObject,
  { attributes, scopeName }: { readonly attributes: Attributes; readonly scopeName: string },
): [key: string, value: string][] {
  const status = isObject(source['status']) ? source['status'] : {};
  const code = plainNumber(status['code']);
  const failed = code === 2 || code === 'STATUS_CODE_ERROR';
  const tags: [string, string][] = [];
  for (const [key, value] of attributes) {
    if (ENDPOINT_KEYS.has(key)) continue;
    // Zipkin takes any tag `error`, even "false", for a failure; the status says it better.
    if (key === 'error' && (failed || value === false || value === 'false')) continue;
    tags.push([key, tagText(value)]);
  }
  if (failed) tags.push(['error', errorText(status['message'], attributes)]);
  if (scopeName !== '') tags.push(['otel.scope.name', scopeName]);
  const links = source['links'] == null ? [] : readList(place, 'links', source['links']);
  if (links.length > 0) tags.push([TAG_LINKS, linksText(place, links)]);
  for (const [key, field] of Object.entries(DROPPED)) {
    const count = plainNumber(source[field]);
    if (Number(count) > 0) tags.push([key, String(count)]);
  }
  return tags;
}

function errorText(message: unknown, attributes: Attributes): string {
  return typeof message === 'string' && message !== ''
    ? message
    : tagText(attributes.get('error.type') ?? true);
}

function linksText(place: Place, links: readonly unknown[]): string {
  const told = links.slice(0, MAX_LINKS_TOLD).map((item, at) => {
    const link = readObject(place, `links[${at}]`, item);
    const traceId = readOtlpId(place, `links[${at}].traceId`, link['traceId'], 16);
    const spanId = readOtlpId(place, `links[${at}].spanId`, link['spanId'], 8);
    return `${traceId ?? '0'.repeat(32)}-${spanId ?? '0'.repeat(16)}`;
  });
  if (links.length > told.length) told.push(`and ${links.length - told.length} more`);
  return told.join(', ');
}
