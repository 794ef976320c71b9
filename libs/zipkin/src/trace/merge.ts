import type { Span } from '../span.js';
import { groupPieces } from './group-pieces.js';
import { joinPieces } from './join-pieces.js';

/** Joins the pieces of each span. Pieces are one span when they have the same id in the same trace and neither
 * kind nor local endpoint contradicts (a missing field contradicts nothing); a piece without a kind goes to the
 * sender's half, one that says `shared` to the receiver's. The earliest piece gives a field its value, annotations
 * and tags are united, and of one tag's values the latest piece's stays. Halves (sender and receiver) stay two
 * spans. The order of the input does not matter, and merging twice is merging once. Spans of any number of traces
 * may be given; the result is sorted by trace id, id, and sender before receiver. */
export function mergeSpans(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  const traces = piecesByIds(spans);
  for (const traceId of [...traces.keys()].toSorted()) {
    const byId = traces.get(traceId)!;
    for (const id of [...byId.keys()].toSorted()) {
      for (const span of spansOf(byId.get(id)!, traceId)) merged.push(span);
    }
  }
  return merged;
}

/** The spans with one id. */
function spansOf(pieces: readonly Span[], traceId: string): readonly Span[] {
  if (pieces.length === 1) return [joinPieces(pieces, traceId)];
  return halvesOf(groupPieces(pieces).map((group) => joinPieces(group, traceId)));
}

/** Pieces by trace, then by span id. */
function piecesByIds(spans: readonly Span[]): Map<string, Map<string, Span[]>> {
  const wholeIds = wholeTraceIds(spans);
  const traces = new Map<string, Map<string, Span[]>>();
  let lastId: string | undefined;
  let trace = new Map<string, Span[]>();
  for (const span of spans) {
    if (span.traceId !== lastId) {
      lastId = span.traceId;
      const traceId = wholeIds.get(lastId) ?? lastId;
      trace = traces.get(traceId) ?? new Map<string, Span[]>();
      traces.set(traceId, trace);
    }
    const known = trace.get(span.id);
    if (known) known.push(span);
    else trace.set(span.id, [span]);
  }
  return traces;
}

/** A service may have cut the trace id that others kept whole: its 16 digits mean the 32 that end in them, unless
 * several do (ids with a constant low half, such as type-1 UUIDs). */
function wholeTraceIds(spans: readonly Span[]): Map<string, string> {
  const ids = new Set<string>();
  let lastId: string | undefined;
  for (const { traceId } of spans) {
    if (traceId !== lastId) ids.add((lastId = traceId));
  }
  const whole = new Map<string, string>();
  if (ids.size < 2) return whole;
  const ambiguous = new Set<string>();
  for (const id of ids) {
    const low = id.slice(-16);
    if (id.length <= 16) continue;
    if (whole.has(low)) ambiguous.add(low);
    whole.set(low, id);
  }
  for (const low of ambiguous) whole.delete(low);
  return whole;
}

/** What one half of a call knows of the other: a server whose id a client has too shares it, and who shares an id
 * shares the parent. Senders come first. */
function halvesOf(spans: readonly Span[]): Span[] {
  const hasClient = spans.some(({ kind }) => kind === 'CLIENT');
  const parentId = spans.find((span) => span.parentId !== undefined)?.parentId;
  const senders: Span[] = [];
  const sharers: Span[] = [];
  for (const span of spans) {
    const shared = span.shared === true || (hasClient && span.kind === 'SERVER');
    if (!shared) senders.push(span);
    else if (span.shared && (span.parentId ?? parentId) === span.parentId) sharers.push(span);
    else
      sharers.push({
        ...span,
        ...(parentId !== undefined && { parentId: span.parentId ?? parentId }),
        shared,
      });
  }
  return senders.concat(sharers);
}
