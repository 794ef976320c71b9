import type { Span } from '@distrace/zipkin';
import { hasItem, itemsOf, sizeOf, withItem, type Few } from './few.js';
import type { Name, NameIndex } from './name-index.js';
import type { SpanPacker } from './span-packer.js';

/** What a trace costs besides its spans, and a span besides its text; measured, in bytes. */
const TRACE_OVERHEAD_BYTES = 340;
const SPAN_OVERHEAD_BYTES = 36;
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

/**
 * Microseconds after the trace's arrival, mostly before it. A time of the epoch takes 24 bytes of an object, a small
 * number eight; the fields begin as undefined, or one trace from long ago would make all of them large.
 */
type Offset = number | undefined;

/** A trace in the store. Spans are kept as text: a tenth of what the objects take, and nearly ready to be sent. */
export class StoredTrace {
  readonly id: string;
  /** Counts up with each new trace; the lowest is evicted first. */
  readonly arrival: number;
  /** Microseconds of the longest span; 0 for none. */
  longest = 0;
  /** Whether a span has the tag `error`. */
  failed = false;
  /** Whether it has made room for others, or was removed: nothing may hold on to it. */
  isEvicted = false;
  /** Epoch milliseconds of its first span's arrival. */
  readonly arrivedAtMs: number;
  /** Estimate of the memory it takes. */
  bytes: number = TRACE_OVERHEAD_BYTES;
  readonly #packer: SpanPacker;
  #packed: Few<string> = undefined;
  #names: Few<Name> = undefined;
  #root: Offset = undefined;
  #earliest: Offset = undefined;
  #latest: Offset = undefined;
  #end: Offset = undefined;
  #changed: Offset = undefined;

  constructor(id: string, { arrival, nowMs, packer }: StoredTraceOptions) {
    // What a decoder has padded or cut is a piece of another text, which it would keep.
    this.id = Buffer.from(id).toString();
    this.#packer = packer;
    this.arrival = arrival;
    this.arrivedAtMs = nowMs;
  }

  /** Each span or piece as Zipkin v2 JSON, in the order of arrival. */
  *texts(): Generator<string, void, undefined> {
    for (const packed of itemsOf(this.#packed)) yield this.#packer.unpack(packed, this.id);
  }

  /** The text of one span or piece, by its place in the order of arrival. */
  text(at: number): string {
    return this.#packer.unpack(this.packedText(at), this.id);
  }

  /** The same as it is kept: endpoints, tags and the trace's id are not in it. */
  packedText(at: number): string {
    return itemsOf(this.#packed)[at]!;
  }

  get spanCount(): number {
    return sizeOf(this.#packed);
  }

  get names(): readonly Name[] {
    return itemsOf(this.#names);
  }

  hasName(name: Name): boolean {
    return hasItem(this.#names, name);
  }

  /** Epoch microseconds of the first span that has a time and no parent; 0 for none. */
  get rootTimestamp(): number {
    return this.#epoch(this.#root);
  }

  /** Epoch microseconds of the earliest span that has a time; 0 for none. */
  get earliest(): number {
    return this.#epoch(this.#earliest);
  }

  /** Epoch microseconds of the latest start of a span; 0 for none. */
  get latest(): number {
    return this.#epoch(this.#latest);
  }

  /** Epoch microseconds of the latest end (or start) of a span; 0 for none. */
  get end(): number {
    return this.#epoch(this.#end);
  }

  /** Epoch milliseconds of its last new span's arrival. */
  get changedAtMs(): number {
    return this.arrivedAtMs + (this.#changed ?? 0);
  }

  /** Epoch microseconds: where the trace stands in a search by time; 0 when no span has a time. */
  get timestamp(): number {
    return this.#epoch(this.#root ?? this.#earliest);
  }

  /** Epoch microseconds: where the trace stands in the list. One without any time stands where it arrived. */
  get listedAt(): number {
    return this.timestamp || this.arrivedAtMs * 1000;
  }

  /** Adds a span that came now, in epoch milliseconds; false when the very same one is there already. */
  add(span: Span, names: NameIndex, nowMs: number): boolean {
    const packed = this.#packer.pack(span, this.id);
    // Also makes one text of the parts that it was put together of.
    const isWide = WIDE.test(packed);
    const { spanCount } = this;
    this.#packed = withItem(this.#packed, packed);
    if (this.spanCount === spanCount) return false;
    this.#changed = small(nowMs - this.arrivedAtMs);
    this.bytes += SPAN_OVERHEAD_BYTES + (isWide ? 2 * packed.length : packed.length);
    this.#addTimes(span);
    if (span.tags !== undefined && Object.hasOwn(span.tags, 'error')) this.failed = true;
    names.eachNameOf(span, (name) => {
      if (this.hasName(name)) return;
      this.#names = withItem(this.#names, name);
      name.traces += 1;
    });
    return true;
  }

  #addTimes({ timestamp, duration = 0, parentId }: Span): void {
    if (duration > this.longest) this.longest = duration;
    if (timestamp === undefined) return;
    const at = small(timestamp - this.arrivedAtMs * 1000);
    const end = small(at + duration);
    if (parentId === undefined) this.#root ??= at;
    if (this.#earliest === undefined || at < this.#earliest) this.#earliest = at;
    if (this.#latest === undefined || at > this.#latest) this.#latest = at;
    if (this.#end === undefined || end > this.#end) this.#end = end;
  }

  #epoch(offset: Offset): number {
    return offset === undefined ? 0 : this.arrivedAtMs * 1000 + offset;
  }
}

/** The same number, in eight bytes if it has 32 bits: what comes of large ones stays as large as they are. */
function small(value: number): number {
  return value === (value | 0) ? value | 0 : value;
}
