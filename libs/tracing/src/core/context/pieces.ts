import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import type { Attributes, HrTime, Span, SpanContext, TimeInput } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { findHeader } from '../carry/headers.js';
import type { HeaderTable } from '../carry/headers.js';
import { ATTR_ENDPOINT_IP, ATTR_ENDPOINT_PORT, ATTR_ENDPOINT_SERVICE } from '../endpoint.js';
import { withIds } from '../ids/id-slot.js';
import { knownAttributes } from '../resource-attributes.js';
import { endSpan, recordError } from '../record-error.js';
import { getTracer } from '../tracer.js';
import { ATTR_PIECE, decodeDetached, DETACHED_HEADER, encodeDetached } from './detached.js';
import type { DetachedSpan } from './detached.js';

/** What the SDK's spans let one read; no-op and remote spans have none of it. */
interface ReadableWhileOpen {
  readonly name?: string;
  readonly kind?: number;
  readonly startTime?: HrTime;
  readonly parentSpanContext?: SpanContext;
  readonly attributes?: Attributes;
  readonly resource?: ReadableSpan['resource'];
}

/** Exports the opening piece of a span and answers the headers its closing node needs. */
export function detachSpan(span: Span): Record<string, string> {
  const readable = span as ReadableWhileOpen;
  if (!span.isRecording() || readable.startTime === undefined) return {};
  const endpoint = endpointOf(readable);
  const detached: DetachedSpan = {
    name: readable.name ?? '',
    kind: readable.kind ?? 0,
    startTime: readable.startTime,
    ...(readable.parentSpanContext === undefined ? {} : { parentSpanId: readable.parentSpanContext.spanId }),
    endpoint,
  };
  span.setAttributes({ ...endpoint, [ATTR_PIECE]: 'open' });
  endSpan(span);
  return { [DETACHED_HEADER]: encodeDetached(detached) };
}

/** The detached span that the headers speak of, if any. */
export function detachedIn(headers: HeaderTable): DetachedSpan | undefined {
  return decodeDetached(findHeader(headers, DETACHED_HEADER));
}

/**
 * Exports the closing piece of a span that was opened elsewhere: a span of the same id that starts when the
 * first one did. The id is set by our id generator; where the app runs a provider with another one, the
 * piece is a span of its own below the same parent.
 */
export function closeElsewhere(
  id: SpanContext,
  opened: DetachedSpan,
  options: { readonly error?: unknown; readonly endTime?: TimeInput },
): void {
  const parent =
    opened.parentSpanId === undefined
      ? ROOT_CONTEXT
      : trace.setSpanContext(ROOT_CONTEXT, { ...id, spanId: opened.parentSpanId });
  const span = withIds({ traceId: id.traceId, spanId: id.spanId }, () =>
    getTracer().startSpan(
      opened.name,
      {
        kind: opened.kind,
        startTime: opened.startTime,
        attributes: { ...opened.endpoint, [ATTR_PIECE]: 'close' },
      },
      parent,
    ),
  );
  if (options.error !== undefined) recordError(span, options.error);
  endSpan(span, options.endTime);
}

function endpointOf(span: ReadableWhileOpen): Attributes {
  const all = { ...(span.resource && knownAttributes(span.resource)), ...span.attributes };
  const endpoint: Attributes = {};
  for (const key of [ATTR_ENDPOINT_SERVICE, ATTR_ENDPOINT_IP, ATTR_ENDPOINT_PORT]) {
    if (all[key] !== undefined) endpoint[key] = all[key];
  }
  return endpoint;
}
