import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { roughBytes } from './span-size.js';

/** Spans that wait, bounded in number and roughly in memory. */
export class SpanQueue {
  readonly #maxSpans: number;
  readonly #maxBytes: number;
  readonly #spans: ReadableSpan[] = [];
  /** Of each span, as counted when it came: counted again it might differ and the sum would drift. */
  readonly #sizes: number[] = [];
  #bytes = 0;

  constructor({ maxSpans, maxBytes }: { readonly maxSpans: number; readonly maxBytes: number }) {
    this.#maxSpans = maxSpans;
    this.#maxBytes = maxBytes;
  }

  get length(): number {
    return this.#spans.length;
  }

  /** Takes a span in, or says why not. */
  push(span: ReadableSpan): string | undefined {
    if (this.#spans.length >= this.#maxSpans) return `the queue of ${this.#maxSpans} spans is full`;
    const size = roughBytes(span);
    if (this.#bytes + size > this.#maxBytes) return `the queue of ${this.#maxBytes} bytes is full`;
    this.#spans.push(span);
    this.#sizes.push(size);
    this.#bytes += size;
    return undefined;
  }

  /** The oldest, at most so many. */
  take(count: number): ReadableSpan[] {
    for (const size of this.#sizes.splice(0, count)) this.#bytes -= size;
    return this.#spans.splice(0, count);
  }
}
