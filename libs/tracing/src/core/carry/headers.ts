import type { TextMapGetter, TextMapSetter } from '@opentelemetry/api';

/** A table of headers as AMQP, HTTP and Nest's records have it. */
export type HeaderTable = Record<string, unknown>;

/** The longest that we write: carried annotations, each character escaped. */
const MAX_HEADER_VALUE_LENGTH = 32_768;

/**
 * A header value as text. Clients of other languages send Buffers, lists, numbers and booleans (B3's sampling state,
 * for one); whatever is not a text in the end is absent, never an error.
 */
export function headerText(value: unknown): string | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof first === 'string') return first.length <= MAX_HEADER_VALUE_LENGTH ? first : undefined;
  if (first instanceof Uint8Array) {
    return first.byteLength <= MAX_HEADER_VALUE_LENGTH ? Buffer.from(first).toString('utf8') : undefined;
  }
  return typeof first === 'number' || typeof first === 'boolean' ? String(first) : undefined;
}

/** Finds a header by name, first as written, then in any case. */
export function findHeader(headers: HeaderTable, name: string): string | undefined {
  const exact = headerText(headers[name]);
  if (exact !== undefined) return exact;
  for (const key of Object.keys(headers)) {
    if (key.length === name.length && key.toLowerCase() === name) return headerText(headers[key]);
  }
  return undefined;
}

/** Reads header tables whose names are known to be in lower case. */
export const lowerCaseGetter: TextMapGetter<HeaderTable> = {
  keys: (headers) => Object.keys(headers),
  get: (headers, key) => headerText(headers[key]),
};

/** Reads header tables for OpenTelemetry's propagators. */
export const headerGetter: TextMapGetter<HeaderTable> = {
  keys: (headers) => Object.keys(headers),
  get: (headers, key) => findHeader(headers, key.toLowerCase()),
};

/** Writes header tables for OpenTelemetry's propagators. */
export const headerSetter: TextMapSetter<HeaderTable> = {
  set(headers, key, value) {
    headers[key] = value;
  },
};
