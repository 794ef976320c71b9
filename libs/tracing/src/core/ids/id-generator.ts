import { randomFillSync } from 'node:crypto';
import { takeSpanId, takeTraceId } from './id-slot.js';

/** How trace ids are laid out: see {@link createIdGenerator}. */
export type TraceIdLayout = 'random' | 'time-node';

/** OpenTelemetry's id generator interface, as its SDK asks for it. */
export interface IdGenerator {
  /** 32 lower-case hex characters, not all zero. */
  generateTraceId(): string;
  /** 16 lower-case hex characters, not all zero. */
  generateSpanId(): string;
}

/** What moves inside an id generator. */
export interface IdGeneratorOptions {
  /** Trace ids: `random` (default) or `time-node`. */
  readonly layout?: TraceIdLayout;
  /** Epoch milliseconds; default `Date.now`. */
  readonly now?: () => number;
  /** Fills the buffer with random bytes; default `crypto.randomFillSync`. */
  readonly fill?: (buffer: Buffer) => void;
}

const POOL_BYTES = 4096;
const SPAN_ID_BYTES = 8;
const TRACE_ID_BYTES = 16;
const ZERO_SPAN_ID = '0'.repeat(16);

/**
 * Makes span ids of 64 random bits and trace ids of 128 bits.
 *
 * `random`: all 128 bits random. `time-node`: the thesis' idea (an id made of time and node cannot repeat
 * on another node), laid out so that Zipkin can index it: 32 bits of epoch seconds and 32 bits of node in
 * the high half, 64 random bits in the low half. Zipkin indexes by the low half, which a plain UUID of
 * version 1 keeps constant per process. The node is random per generator, never a MAC address.
 */
export function createIdGenerator({
  layout = 'random',
  now = Date.now,
  fill = (buffer) => void randomFillSync(buffer),
}: IdGeneratorOptions = {}): IdGenerator {
  // One refill per 512 span ids: a system call for each would cost more than the span.
  const pool = Buffer.allocUnsafe(POOL_BYTES);
  let used = POOL_BYTES;

  function randomHex(bytes: number): string {
    if (used + bytes > POOL_BYTES) {
      fill(pool);
      used = 0;
    }
    const hex = pool.toString('hex', used, used + bytes);
    used += bytes;
    return hex;
  }

  function nonZeroHalf(): string {
    const hex = randomHex(SPAN_ID_BYTES);
    return hex === ZERO_SPAN_ID ? '0000000000000001' : hex;
  }

  const node = randomHex(4);

  return {
    generateSpanId: () => takeSpanId() ?? nonZeroHalf(),
    generateTraceId() {
      const waiting = takeTraceId();
      if (waiting !== undefined) return waiting;
      if (layout === 'time-node') {
        const seconds = Math.floor(now() / 1000) >>> 0;
        return seconds.toString(16).padStart(8, '0') + node + nonZeroHalf();
      }
      const hex = randomHex(TRACE_ID_BYTES);
      // W3C asks for a non-zero id; the low half must not be zero either, or 64-bit readers lose it.
      return hex.endsWith(ZERO_SPAN_ID) ? `${hex.slice(0, 16)}0000000000000001` : hex;
    },
  };
}
