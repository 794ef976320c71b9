import { SpanKind } from '@opentelemetry/api';
import type { Attributes, HrTime } from '@opentelemetry/api';
import { isHrTime } from '../hr-time.js';
import { parseJson } from '../parse-json.js';

/** Header with what the node that closes a span must know of its opening. */
export const DETACHED_HEADER = 'distrace-detached';

/** The attribute that tells exporters which piece of a span they see; it is never exported itself. */
export const ATTR_PIECE = 'distrace.piece';

/** What the closing piece repeats, so that Zipkin merges both. */
export interface DetachedSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly startTime: HrTime;
  readonly parentSpanId?: string;
  /** Where the span was opened: both pieces must carry the same endpoint. */
  readonly endpoint: Attributes;
}

/** One ASCII line of JSON. */
export function encodeDetached(span: DetachedSpan): string {
  return encodeURIComponent(JSON.stringify(span).toWellFormed());
}

/** Undefined for anything that is not what {@link encodeDetached} wrote. */
export function decodeDetached(text: string | undefined): DetachedSpan | undefined {
  const value = parseJson(text === undefined ? undefined : unescape(text));
  if (typeof value !== 'object' || value === null) return undefined;
  const { name, kind, startTime, parentSpanId, endpoint } = value as Partial<
    Record<keyof DetachedSpan, unknown>
  >;
  if (typeof name !== 'string' || !isKind(kind) || !isHrTime(startTime)) return undefined;
  return {
    name,
    kind,
    startTime,
    ...(typeof parentSpanId === 'string' && /^[0-9a-f]{16}$/.test(parentSpanId) ? { parentSpanId } : {}),
    endpoint: typeof endpoint === 'object' && endpoint !== null ? onlyEndpoint(endpoint) : {},
  };
}

function unescape(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function isKind(value: unknown): value is SpanKind {
  return typeof value === 'number' && SpanKind[value] !== undefined;
}

function onlyEndpoint(value: object): Attributes {
  const entries = Object.entries(value).filter(
    ([key, part]) =>
      ['service.name', 'network.local.address', 'network.local.port'].includes(key) &&
      (typeof part === 'string' || typeof part === 'number'),
  );
  return Object.fromEntries(entries) as Attributes;
}
