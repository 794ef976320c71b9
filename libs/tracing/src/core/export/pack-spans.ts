import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { ByteBuffer, SpareBuffer } from './byte-buffer.js';
import type { SendOptions } from './span-exporter.js';
import { textLength } from './span-size.js';
import { writeSpan } from './write-spans.js';
import type { SpanWriter } from './zipkin-writer.js';

/** How spans are encoded and packed. */
export interface PackOptions extends SendOptions {
  /** Writes one span. What it has written when it throws is forgotten. */
  readonly encode: SpanWriter;
  /** `list` is a JSON list, `lines` a line of JSON per span. */
  readonly form: 'list' | 'lines';
  /** Bytes of a pack, asked for each span, for it may change. A span that is longer is a pack of its own. */
  readonly maxBytes: () => number;
  /** A span whose text is longer is dropped, bytes. */
  readonly maxSpanBytes: number;
  /** Where the bytes are written. */
  readonly buffers: SpareBuffer;
  /** Lets the event loop turn. Default: setImmediate. */
  readonly breathe?: () => Promise<unknown>;
}

/** Spans that go together. */
export interface Pack {
  readonly spans: readonly ReadableSpan[];
  /** Their text; good until the next pack is asked for. */
  readonly bytes: Buffer;
}

/** So much text is encoded at a stretch: some milliseconds. */
const BREATH_BYTES = 1024 * 1024;

/**
 * Encodes each span once and packs the texts up to the limit. Only one pack is in memory at a time, and the event
 * loop turns in between: megabytes in tags must neither stall the app nor make a string too long for V8. Rejects
 * with the signal's reason as soon as it is aborted.
 */
export async function* packSpans(spans: readonly ReadableSpan[], options: PackOptions): AsyncGenerator<Pack> {
  const { signal, breathe = () => nextTurn() } = options;
  signal.throwIfAborted();
  for (const pack of steps(spans, options)) {
    if (pack === undefined) await breathe();
    else yield pack;
    signal.throwIfAborted();
  }
}

/** The same at a stretch. */
export function* packSpansSync(
  spans: readonly ReadableSpan[],
  options: Omit<PackOptions, 'signal' | 'breathe'>,
): Generator<Pack> {
  for (const pack of steps(spans, options)) if (pack !== undefined) yield pack;
}

/** Undefined: a good moment for the event loop to turn. */
function* steps(
  spans: readonly ReadableSpan[],
  options: Omit<PackOptions, 'signal' | 'breathe'>,
): Generator<Pack | undefined> {
  const { maxBytes, buffers } = options;
  const { open, between, close } = FORMS[options.form];
  const buffer = buffers.take();
  const encode = (span: ReadableSpan): boolean => encodeWithin(span, buffer, options);
  let packed: ReadableSpan[] = [];
  let sinceBreath = 0;
  if (open !== undefined) buffer.put(open);
  for (const span of spans) {
    const start = buffer.length;
    if (writeSpan(span, encode, options) === undefined) {
      buffer.truncate(start);
      continue;
    }
    buffer.put(between);
    sinceBreath += buffer.length - start;
    if (packed.length > 0 && buffer.length > maxBytes()) {
      // What has been written last begins the next pack.
      buffer.replace(start - 1, close);
      yield { spans: packed, bytes: buffer.view(0, start) };
      buffer.dropBefore(open === undefined ? start : start - 1);
      if (open !== undefined) buffer.replace(0, open);
      packed = [];
    }
    packed.push(span);
    if (sinceBreath >= BREATH_BYTES) {
      sinceBreath = 0;
      yield undefined;
    }
  }
  if (packed.length > 0) {
    buffer.replace(buffer.length - 1, close);
    yield { spans: packed, bytes: buffer.view(0, buffer.length) };
  }
  // Not after a failure: what was to be sent may still be on its way out of this buffer.
  buffers.giveBack(buffer);
}

const FORMS = {
  list: { open: '['.charCodeAt(0), between: ','.charCodeAt(0), close: ']'.charCodeAt(0) },
  lines: { open: undefined, between: '\n'.charCodeAt(0), close: '\n'.charCodeAt(0) },
};

function encodeWithin(
  span: ReadableSpan,
  to: ByteBuffer,
  { encode, maxSpanBytes }: Pick<PackOptions, 'encode' | 'maxSpanBytes'>,
): boolean {
  // A text that is too long for sure need not be encoded to know it.
  if (textLength(span) > maxSpanBytes) throw new RangeError(`it is longer than ${maxSpanBytes} bytes`);
  const start = to.length;
  encode(span, to);
  if (to.length - start > maxSpanBytes) throw new RangeError(`it is longer than ${maxSpanBytes} bytes`);
  return true;
}
