import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** What a span without text takes in memory, about, and an event. Bytes. */
const BYTES_PER_SPAN = 512;
const BYTES_PER_EVENT = 1024;

/** Roughly how much memory a span holds, cheap enough for every span that ends. Never throws. */
export function roughBytes(span: ReadableSpan): number {
  try {
    return BYTES_PER_SPAN + textLength(span) + span.events.length * BYTES_PER_EVENT;
  } catch {
    // An exporter will find out what is wrong with it.
    return BYTES_PER_SPAN;
  }
}

/** Characters of the name and of the attributes that are text: no encoding of the span takes fewer bytes. */
export function textLength({ name, attributes }: ReadableSpan): number {
  let length = name.length;
  for (const key in attributes) {
    const value = attributes[key];
    if (typeof value === 'string') length += value.length;
    else if (Array.isArray(value))
      for (const item of value) if (typeof item === 'string') length += item.length;
  }
  return length;
}
