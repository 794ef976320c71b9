import { decodeSpans, ZipkinError, type SpanFormat } from '@distrace/zipkin';
import type { CollectorMetrics, Transport } from '../metrics.js';
import { Slicer } from '../in-slices.js';
import type { MemoryStore } from '../store/memory-store.js';
import { decodeInSlices } from './decode-in-slices.js';

/** Longer bodies take so long that they are worked off in slices, one body at a time. */
const LONG_BODY_BYTES = 128 * 1024;
const SPANS_PER_SLICE = 250;

/** A list of spans as it came. */
export interface SpanMessage {
  readonly body: Buffer;
  readonly transport: Transport;
  /** Default: the structure of the body says. */
  readonly format?: SpanFormat;
}

/** Takes lists of spans into the store: the whole list, or nothing of it. */
export class Collector {
  readonly #store: Pick<MemoryStore, 'add'>;
  readonly #metrics: CollectorMetrics;
  #longBodies: Promise<unknown> = Promise.resolve();

  constructor(store: Pick<MemoryStore, 'add'>, metrics: CollectorMetrics) {
    this.#store = store;
    this.#metrics = metrics;
  }

  /**
   * Stores a list; resolves to the number of its spans once they are stored.
   * @throws ZipkinError for what cannot be read, ViewerError for what cannot be saved.
   */
  async accept(message: SpanMessage): Promise<number> {
    const counts = this.#metrics.for(message.transport);
    counts.messages += 1;
    counts.bytes += message.body.length;
    counts.messageBytes = message.body.length;
    try {
      const spans = await this.#take(message);
      counts.spans += spans;
      counts.messageSpans = spans;
      return spans;
    } catch (error) {
      counts.messagesDropped += 1;
      throw error;
    }
  }

  /** Counts a message that could not even be received. */
  drop(transport: Transport): void {
    const counts = this.#metrics.for(transport);
    counts.messages += 1;
    counts.messagesDropped += 1;
  }

  async #take({ body, format }: SpanMessage): Promise<number> {
    if (body.length < LONG_BODY_BYTES) {
      const spans = decodeSpans(body, { format });
      this.#store.add(spans);
      return spans.length;
    }
    // One after the other: decoded, a body is several times as large.
    const work = this.#longBodies.then(() => this.#storeLong(body, format));
    this.#longBodies = work.catch(() => undefined);
    return work;
  }

  async #storeLong(body: Buffer, format: SpanFormat | undefined): Promise<number> {
    const spans = await decodeInSlices(body, { format });
    const slicer = new Slicer();
    for (let at = 0; at < spans.length; at += SPANS_PER_SLICE) {
      this.#store.add(spans.slice(at, at + SPANS_PER_SLICE));
      if (slicer.isOver) await slicer.pause();
    }
    return spans.length;
  }
}

/** Whether an error says that the body is at fault, not the viewer. */
export function isBadBody(error: unknown): error is ZipkinError {
  return error instanceof ZipkinError;
}
