import { SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { resourceFromAttributes } from './resources.spec.helper.js';

/** An ended span; every field can be given. */
export function fakeSpan(
  fields: Partial<Omit<ReadableSpan, 'spanContext'>> & {
    readonly id?: string;
    readonly isSampled?: boolean;
  } = {},
): ReadableSpan {
  const { id = '00000000000000b1', isSampled = true, ...rest } = fields;
  return {
    name: 'work',
    kind: SpanKind.INTERNAL,
    spanContext: () => ({
      traceId: '463ac35c9f6413ad48485a3953bb6124',
      spanId: id,
      traceFlags: isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    }),
    startTime: [1_764_000_000, 1_500],
    endTime: [1_764_000_000, 51_500],
    duration: [0, 50_000],
    status: { code: SpanStatusCode.UNSET },
    attributes: {},
    links: [],
    events: [],
    ended: true,
    resource: resourceFromAttributes({ 'service.name': 'client' }),
    instrumentationScope: { name: '' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
    ...rest,
  };
}

/** So many spans with ids that differ. */
export function fakeSpans(count: number): ReadableSpan[] {
  return Array.from({ length: count }, (_, i) => fakeSpan({ id: (i + 1).toString(16).padStart(16, '0') }));
}
