import type { LintedSpan } from '@distrace/tracing/testing';
import { SCHEMA_URL } from '@distrace/tracing/core';
import type { Span } from '@distrace/zipkin';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { Attributes } from '@opentelemetry/api';

/** Tags that stand for something other than an attribute. */
const NO_ATTRIBUTE = new Set(['error', 'otel.scope.name']);
/** Tags are texts; these were numbers or truths before. */
const TYPED = /(?:\.port|_tag|_code|_count|\.count|\.size|\.bytes|\.redelivered|thread\.id)$/;

/** A Zipkin span as the linter reads it. What Zipkin does not say, the schema, is taken to be right. */
export function asLinted(span: Span): LintedSpan {
  const tags = span.tags ?? {};
  const entries = Object.entries(tags).filter(([key]) => !NO_ATTRIBUTE.has(key));
  const failure = tags['error'];
  return {
    name: span.name ?? '',
    kind: SpanKind[span.kind ?? 'INTERNAL'],
    attributes: Object.fromEntries(entries.map(([key, value]) => [key, typed(key, value)])),
    status:
      failure === undefined
        ? { code: SpanStatusCode.UNSET }
        : { code: SpanStatusCode.ERROR, message: failure },
    events: (span.annotations ?? []).map(({ timestamp, value }) => ({
      time: [Math.floor(timestamp / 1e6), (timestamp % 1e6) * 1e3],
      ...eventOf(value),
    })),
    instrumentationScope: { name: tags['otel.scope.name'] ?? '', schemaUrl: SCHEMA_URL },
  };
}

function typed(key: string, value: string): string | number | boolean {
  if (!TYPED.test(key)) return value;
  const known: unknown = JSON.parse(value);
  return typeof known === 'number' || typeof known === 'boolean' ? known : value;
}

/** `name: {…}` is an event with attributes. */
function eventOf(value: string): { name: string; attributes?: Attributes } {
  const [, name, json] = /^([^:]+): (\{.*\})$/s.exec(value) ?? [];
  if (name === undefined || json === undefined) return { name: value };
  return { name, attributes: JSON.parse(json) as Attributes };
}
