import type { Span } from '@distrace/zipkin';
import type { StoredTrace } from '../store/stored-trace.js';

/** Only the span's own time has a comma before it and a digit behind: annotations begin with theirs, and quotes
 * inside texts are escaped. */
const TIMESTAMP = ',"timestamp":';
/** Then there is an empty piece, at which whoever sends them may rest. */
const PLACES_AT_ONCE = 4096;
/** Spans of one piece: to hand over each alone costs as much as to put it together. */
const TEXTS_AT_ONCE = 32;
/** A piece of this length goes out at once: a reader that stalls holds on to it. */
const PIECE_CHARS = 65_536;

/**
 * The spans of a trace as they came, as a JSON list in pieces. In Zipkin's order: those that began in one millisecond
 * stand together, where the first of them came.
 */
export function* traceToJson(trace: StoredTrace): Generator<string> {
  const { spanCount } = trace;
  // Where the spans stand, not their texts: whoever reads slowly would hold on to all of them.
  const next = new Int32Array(spanCount).fill(-1);
  const lastOf = new Map<number, number>();
  const firsts: number[] = [];
  for (let at = 0; at < spanCount; at++) {
    const ms = millisecondOf(trace.packedText(at));
    const last = lastOf.get(ms);
    if (last === undefined) firsts.push(at);
    else next[last] = at;
    lastOf.set(ms, at);
    if (at % PLACES_AT_ONCE === PLACES_AT_ONCE - 1) yield '';
  }
  let piece = '[';
  let count = 0;
  for (const first of firsts) {
    for (let at = first; at !== -1; at = next[at]!) {
      piece += count === 0 ? trace.text(at) : `,${trace.text(at)}`;
      count += 1;
      if (count % TEXTS_AT_ONCE > 0 && piece.length < PIECE_CHARS) continue;
      yield piece;
      piece = '';
    }
  }
  yield `${piece}]`;
}

/** The same of several traces as a list, one after the other. */
export function* tracesToJson(traces: Iterable<StoredTrace>): Generator<string> {
  let before = '[';
  for (const trace of traces) {
    yield before;
    yield* traceToJson(trace);
    before = ',';
  }
  yield before === '[' ? '[]' : ']';
}

/** The spans of a trace as they came. */
export function spansOf(trace: StoredTrace): Span[] {
  return JSON.parse(`[${[...trace.texts()].join(',')}]`) as Span[];
}

/** 0 for a span without a time. */
function millisecondOf(text: string): number {
  const found = text.indexOf(TIMESTAMP);
  if (found === -1) return 0;
  let micros = 0;
  for (let at = found + TIMESTAMP.length; ; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (!(digit >= 0 && digit <= 9)) break;
    micros = micros * 10 + digit;
  }
  return Math.floor(micros / 1000);
}
