import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { encodeTextV2 } from '@distrace/zipkin';
import type { ByteBuffer } from './byte-buffer.js';
import { bytesOf } from './known-texts.js';
import { KINDS } from './to-zipkin.js';

/** Names beyond it are not kept: then somebody puts ids into names. */
const MAX_NAMES = 500;
const MAX_NAME_LENGTH = 200;

const TRACE_ID_AT = '{"traceId":"'.length;
const PARENT_ID_AT = TRACE_ID_AT + 32 + '","parentId":"'.length;
const TRACE_ID = '_'.repeat(32);
const SPAN_ID = '_'.repeat(16);
const SECONDS = '_'.repeat(10);
const MICROS = '_'.repeat(6);

/** Seconds since 1970 that have ten digits and are safe integers as microseconds: from 2001 to 2255. */
const MIN_SECONDS = 1_000_000_000;
const MAX_SECONDS = 9_007_199_253;

/**
 * The beginnings of spans, up to the duration. In those of one name only ids and time differ, and these are always
 * as long: the rest is copied at a stretch.
 */
export class SpanHeads {
  /** By name, then by kind, those with a parent behind those without. */
  readonly #heads = new Map<string, (Head | undefined)[]>();

  /** Writes `{"traceId":…,"duration":`. False for a span that is not for here. */
  put(span: ReadableSpan, to: ByteBuffer): boolean {
    const { name, kind } = span;
    if (!(kind >= 0 && kind < KINDS.length)) return false;
    const hasParent = span.parentSpanContext?.spanId !== undefined;
    const index = hasParent ? kind + KINDS.length : kind;
    const head = this.#heads.get(name)?.[index] ?? this.#make(name, { kind, hasParent, index });
    return head !== undefined && head.put(span, to);
  }

  #make(
    name: string,
    {
      kind,
      hasParent,
      index,
    }: { readonly kind: number; readonly hasParent: boolean; readonly index: number },
  ): Head | undefined {
    if (typeof name !== 'string' || name === '') return undefined;
    if (name.length > MAX_NAME_LENGTH) return undefined;
    let ofName = this.#heads.get(name);
    if (ofName === undefined) {
      if (this.#heads.size >= MAX_NAMES) return undefined;
      ofName = Array.from({ length: KINDS.length * 2 });
      this.#heads.set(name, ofName);
    }
    const head = new Head(name, { kind, hasParent });
    ofName[index] = head;
    return head;
  }
}

class Head {
  readonly #bytes: Uint8Array;
  readonly #idAt: number;
  readonly #secondsAt: number;
  #seconds = 0;

  constructor(name: string, { kind, hasParent }: { readonly kind: number; readonly hasParent: boolean }) {
    const beforeId = `{"traceId":"${TRACE_ID}${hasParent ? `","parentId":"${SPAN_ID}` : ''}","id":"`;
    const kindText = KINDS[kind] === undefined ? '' : `"kind":"${KINDS[kind]}",`;
    const beforeTime = `${beforeId}${SPAN_ID}",${kindText}"name":${encodeTextV2(name)},"timestamp":`;
    this.#idAt = beforeId.length;
    this.#secondsAt = bytesOf(beforeTime).byteLength;
    this.#bytes = bytesOf(`${beforeTime}${SECONDS}${MICROS},"duration":`);
  }

  put(span: ReadableSpan, to: ByteBuffer): boolean {
    const { traceId, spanId } = span.spanContext();
    const parentId = span.parentSpanContext?.spanId;
    const seconds = span.startTime[0];
    const micros = Math.round(span.startTime[1] / 1e3);
    if (!(Number.isInteger(seconds) && seconds >= MIN_SECONDS && seconds <= MAX_SECONDS)) return false;
    if (!(micros >= 0 && micros < 1e6) || parentId === spanId) return false;
    if (seconds !== this.#seconds) {
      this.#seconds = seconds;
      this.#bytes.set(bytesOf(String(seconds)), this.#secondsAt);
    }
    const start = to.length;
    to.putBytes(this.#bytes);
    to.replaceDigits(start + this.#secondsAt + SECONDS.length, micros, MICROS.length);
    return (
      to.replaceHex(start + TRACE_ID_AT, traceId, TRACE_ID.length) &&
      // Zipkin's short form of a trace id is for others to make.
      !to.isFilledWith(start + TRACE_ID_AT, ZERO, TRACE_ID.length / 2) &&
      to.replaceHex(start + this.#idAt, spanId, SPAN_ID.length) &&
      (parentId === undefined || to.replaceHex(start + PARENT_ID_AT, parentId, SPAN_ID.length))
    );
  }
}

const ZERO = 48;
