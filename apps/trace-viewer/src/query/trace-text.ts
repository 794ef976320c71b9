import type { Span } from '@distrace/zipkin';
import type { StoredTrace } from '../store/stored-trace.js';

/** Only the span's own time has a comma before it and a digit behind: annotations begin with theirs, and quotes
 * inside texts are escaped. */
const TIMESTAMP = ',"timestamp":';
/** Then there is an empty piece, at which whoever sends them may rest. */
const PLACES_AT_ONCE = 4096;

/**
 * The spans of a trace as they came, as a JSON list in pieces. In Zipkin's order: those that began in one millisecond
 * stand together, where the first of them came.
 */
export function* traceToJson(trace: StoredTrace): Generator<string> {
  // Where the spans stand, not their texts: whoever reads slowly would hold on to all of them.
  const byMillisecond = new Map<number, number[]>();
  for (let at = 0; at < trace.spanCount; at++) {
    const ms = millisecondOf(trace.packedText(at));
    const same = byMillisecond.get(ms);
    if (same) same.push(at);
    else byMillisecond.set(ms, [at]);
    if (at % PLACES_AT_ONCE === PLACES_AT_ONCE - 1) yield '';
  }
  let before = '[';
  for (const places of byMillisecond.values()) {
    for (const at of places) {
      yield before + trace.text(at);
      before = ',';
    }
  }
  yield ']';
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

function millisecondOf(text: string): number {
  const at = text.indexOf(TIMESTAMP);
  if (at === -1) return 0;
  const micros = Number.parseInt(text.slice(at + TIMESTAMP.length, at + TIMESTAMP.length + 16), 10);
  return Number.isNaN(micros) ? 0 : Math.floor(micros / 1000);
}
