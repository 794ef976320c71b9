import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { SendOptions } from './span-exporter.js';
import { textLength } from './span-size.js';
import { writeSpan } from './write-spans.js';

/** How spans are encoded and packed. */
export interface PackOptions extends SendOptions {
  readonly encode: (span: ReadableSpan) => string;
  /** Bytes of a pack, with one byte for each span and one besides; asked for each span, for it may change. */
  readonly maxBytes: () => number;
  /** A span whose text is longer is dropped, bytes. */
  readonly maxSpanBytes: number;
  /** Lets the event loop turn. Default: setImmediate. */
  readonly breathe?: () => Promise<unknown>;
}

/** Spans that go together. */
export interface Pack {
  readonly spans: readonly ReadableSpan[];
  /** The text of each. */
  readonly texts: readonly string[];
}

/** So much text is encoded at a stretch: some milliseconds. */
const BREATH_BYTES = 1024 * 1024;

/**
 * Encodes each span once and packs the texts up to the limit. Only one pack is in memory at a time, and the event
 * loop turns in between: megabytes in tags must neither stall the app nor make a string too long for V8. Rejects
 * with the signal's reason as soon as it is aborted.
 */
export async function* packSpans(spans: readonly ReadableSpan[], options: PackOptions): AsyncGenerator<Pack> {
  const { maxBytes, signal, breathe = () => nextTurn() } = options;
  const encode = (span: ReadableSpan): string => encodeWithin(span, options);
  let pack = { spans: [] as ReadableSpan[], texts: [] as string[], bytes: 1 };
  let sinceBreath = 0;
  for (const span of spans) {
    signal.throwIfAborted();
    const text = writeSpan(span, encode, options);
    if (text === undefined) continue;
    const bytes = Buffer.byteLength(text) + 1;
    if (pack.spans.length > 0 && pack.bytes + bytes > maxBytes()) {
      yield pack;
      pack = { spans: [], texts: [], bytes: 1 };
    }
    pack.spans.push(span);
    pack.texts.push(text);
    pack.bytes += bytes;
    sinceBreath += bytes;
    if (sinceBreath >= BREATH_BYTES) {
      sinceBreath = 0;
      await breathe();
    }
  }
  signal.throwIfAborted();
  if (pack.spans.length > 0) yield pack;
}

function encodeWithin(span: ReadableSpan, { encode, maxSpanBytes }: PackOptions): string {
  // A text that is too long for sure need not be encoded to know it.
  if (textLength(span) > maxSpanBytes) throw new RangeError(`it is longer than ${maxSpanBytes} bytes`);
  const text = encode(span);
  if (Buffer.byteLength(text) > maxSpanBytes) throw new RangeError(`it is longer than ${maxSpanBytes} bytes`);
  return text;
}
