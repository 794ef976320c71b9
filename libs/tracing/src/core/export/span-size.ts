import type { Attributes } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** What a span without text takes in memory, about, and an event, and a link. Bytes. */
const BYTES_PER_SPAN = 512;
const BYTES_PER_EVENT = 1024;
const BYTES_PER_LINK = 256;

/** Roughly how much memory a span holds, cheap enough for every span that ends. Never throws. */
export function roughBytes(span: ReadableSpan): number {
  try {
    const { status, events, links } = span;
    let bytes = BYTES_PER_SPAN + textLength(span);
    if (status.message !== undefined) bytes += status.message.length;
    for (const { name, attributes } of events) {
      bytes += BYTES_PER_EVENT + name.length;
      if (attributes !== undefined) bytes += textOf(attributes);
    }
    for (const { attributes } of links) {
      bytes += BYTES_PER_LINK;
      if (attributes !== undefined) bytes += textOf(attributes);
    }
    return bytes;
  } catch {
    // An exporter will find out what is wrong with it.
    return BYTES_PER_SPAN;
  }
}

/** Characters of the name and of the attributes that are text: no encoding of the span takes fewer bytes. */
export function textLength({ name, attributes }: ReadableSpan): number {
  return name.length + textOf(attributes);
}

function textOf(attributes: Attributes): number {
  let length = 0;
  for (const key in attributes) {
    const value = attributes[key];
    if (typeof value === 'string') length += value.length;
    else if (Array.isArray(value))
      for (const item of value) if (typeof item === 'string') length += item.length;
  }
  return length;
}
