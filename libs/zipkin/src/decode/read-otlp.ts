import { assertCount } from './limits.js';
import type { CopiedText } from './limits.js';
import { readAttributes } from './otlp-attributes.js';
import { ownEndpoint } from './otlp-endpoint.js';
import { readOtlpSpan } from './otlp-span.js';
import { Place } from './place.js';
import { isObject, readList, readObject } from './read-value.js';
import type { Span } from '../span.js';

/** What bounds the work. */
export interface OtlpLimits {
  readonly maxSpans: number;
  readonly copied: CopiedText;
}

/** The spans of an OTLP/JSON request, in its order. */
export function readOtlp(body: unknown, { maxSpans, copied }: OtlpLimits): Span[] {
  const spans: Span[] = [];
  const outside = new Place();
  const inside = new Place();
  const request = readObject(outside, '', body);
  for (const [path, group] of itemsOf(outside, '', request, 'resourceSpans')) {
    const fields = isObject(group['resource']) ? group['resource'] : {};
    // Once for all spans: its name may be as long as the body.
    const endpoint = ownEndpoint(
      readAttributes(outside, `${path}.resource.attributes`, fields['attributes']),
    );
    for (const [scopePath, scoped] of itemsOf(outside, path, group, 'scopeSpans')) {
      const scope = isObject(scoped['scope']) ? scoped['scope']['name'] : undefined;
      const name = typeof scope === 'string' ? scope : '';
      const list = scoped['spans'] == null ? [] : readList(outside, `${scopePath}.spans`, scoped['spans']);
      assertCount(spans.length + list.length, maxSpans);
      copied.add((endpoint.serviceName?.length ?? 0) + name.length, list.length);
      for (const item of list) {
        inside.index = spans.length;
        spans.push(readOtlpSpan(inside, item, { endpoint, name }));
      }
    }
  }
  return spans;
}

function* itemsOf(
  place: Place,
  path: string,
  source: Readonly<Record<string, unknown>>,
  field: string,
): Generator<[path: string, item: Readonly<Record<string, unknown>>]> {
  const value = source[field];
  if (value == null) return;
  const list = path === '' ? field : `${path}.${field}`;
  for (const [at, item] of readList(place, list, value).entries()) {
    yield [`${list}[${at}]`, readObject(place, `${list}[${at}]`, item)];
  }
}
