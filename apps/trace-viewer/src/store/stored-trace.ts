import { encodeSpanV2, type Span } from '@distrace/zipkin';
import { CompactSet } from './compact-set.js';
import type { Name, NameIndex } from './name-index.js';
import type { SpanPacker } from './span-packer.js';

/** What a trace costs besides its spans, and a span besides its text; measured, in bytes. */
const TRACE_OVERHEAD_BYTES = 800;
const SPAN_OVERHEAD_BYTES = 32;
/** A text with one of these takes two bytes a character. */
const WIDE = /[\u0100-\uffff]/;

/** What a {@link StoredTrace} starts with. */
interface StoredTraceOptions {
  readonly arrival: number;
  /** Epoch milliseconds. */
  readonly nowMs: number;
  /** Of the store: traces share what it knows. */
  readonly packer: SpanPacker;
}

/** A trace in the store. Spans are kept as text: a fifth of what the objects take, and ready to be sent. */
export class StoredTrace {
  readonly id: string;
  /** Counts up with each new trace; the lowest is evicted first. */
  readonly arrival: number;
  /** Epoch microseconds of the first span that has a time and no parent; 0 for none. */
  rootTimestamp = 0;
  /** Epoch microseconds of the earliest span that has a time; 0 for none. */
  earliest = 0;
  /** Epoch microseconds of the latest start of a span; 0 for none. */
  latest = 0;
  /** Epoch microseconds of the latest end (or start) of a span; 0 for none. */
  end = 0;
  /** Microseconds of the longest span; 0 for none. */
  longest = 0;
  /** Whether a span has the tag `error`. */
  failed = false;
  /** Whether it has made room for others, or was removed: nothing may hold on to it. */
  isEvicted = false;
  /** Epoch milliseconds of its first span's arrival. */
  readonly arrivedAtMs: number;
  /** Epoch milliseconds of its last new span's arrival. */
  changedAtMs: number;
  /** Estimate of the memory it takes. */
  bytes: number = TRACE_OVERHEAD_BYTES;
  readonly #packer: SpanPacker;
  readonly #packed = new CompactSet<string>();
  readonly #names = new CompactSet<Name>();

  constructor(id: string, { arrival, nowMs, packer }: StoredTraceOptions) {
    this.id = id;
    this.#packer = packer;
    this.arrival = arrival;
    this.arrivedAtMs = nowMs;
    this.changedAtMs = nowMs;
  }

  /** Each span or piece as Zipkin v2 JSON, in the order of arrival. */
  *texts(): Generator<string, void, undefined> {
    for (const packed of this.#packed.items) yield this.#packer.unpack(packed, this.id);
  }

  /** The text of one span or piece, by its place in the order of arrival. */
  text(at: number): string {
    return this.#packer.unpack(this.#packed.items[at]!, this.id);
  }

  /** The same as it is kept: endpoints and the trace's id are not in it. */
  packedText(at: number): string {
    return this.#packed.items[at]!;
  }

  get spanCount(): number {
    return this.#packed.size;
  }

  get names(): readonly Name[] {
    return this.#names.items;
  }

  hasName(name: Name): boolean {
    return this.#names.has(name);
  }

  /** Epoch microseconds: where the trace stands in a search by time; 0 when no span has a time. */
  get timestamp(): number {
    return this.rootTimestamp || this.earliest;
  }

  /** Epoch microseconds: where the trace stands in the list. One without any time stands where it arrived. */
  get listedAt(): number {
    return this.timestamp || this.arrivedAtMs * 1000;
  }

  /** Adds a span; false when the very same one is there already. */
  add(span: Span, names: NameIndex): boolean {
    const text = encodeSpanV2(span);
    const packed = this.#packer.pack(text, this.id);
    // Also makes one text of the parts that it was put together of.
    const isWide = WIDE.test(packed);
    if (!this.#packed.add(packed)) return false;
    this.bytes += SPAN_OVERHEAD_BYTES + (isWide ? 2 * packed.length : packed.length);
    this.#addTimes(span);
    if (span.tags !== undefined && Object.hasOwn(span.tags, 'error')) this.failed = true;
    names.eachNameOf(span, (name) => {
      if (this.#names.add(name)) name.traces += 1;
    });
    return true;
  }

  #addTimes({ timestamp, duration = 0, parentId }: Span): void {
    if (duration > this.longest) this.longest = duration;
    if (timestamp === undefined) return;
    if (parentId === undefined && this.rootTimestamp === 0) this.rootTimestamp = timestamp;
    if (this.earliest === 0 || timestamp < this.earliest) this.earliest = timestamp;
    if (timestamp > this.latest) this.latest = timestamp;
    if (timestamp + duration > this.end) this.end = timestamp + duration;
  }
}
