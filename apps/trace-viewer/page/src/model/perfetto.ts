import { factsOf } from '@distrace/zipkin';
import type { Span, TraceNode, TraceTree } from '@distrace/zipkin';
import { Lanes } from './lanes.js';
import { NO_SERVICE } from './row-services.js';

/** An event of the Trace Event Format, which Perfetto and Chrome read. Times in microseconds. */
export interface TraceEvent {
  readonly ph: 'X' | 'B' | 'i' | 'M';
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly s?: 't';
  readonly args?: Readonly<Record<string, unknown>>;
}

/** A file in the Trace Event Format. */
export interface PerfettoFile {
  readonly traceEvents: readonly TraceEvent[];
  readonly displayTimeUnit: 'ms';
  /** Perfetto shows this among the file's facts. */
  readonly otherData?: { readonly spansWithoutTime: readonly string[] };
}

/** The trace for Perfetto: a process per service, and lanes in it, for what is on one lane must nest. A span without
 * a time has no place there; its id is told in `otherData`. */
export function toPerfetto(tree: TraceTree): PerfettoFile {
  const events: TraceEvent[] = [];
  const processes = new Map<string, { readonly pid: number; readonly lanes: Lanes }>();
  const items = itemsOf(tree);
  const byEnd = items.toSorted((a, b) => a.end - b.end);
  let ended = 0;
  for (const item of items) {
    const { node, span, start, end } = item;
    for (; ended < byEnd.length && byEnd[ended]!.end <= start; ended++) {
      const { lanes, lane } = byEnd[ended]!;
      lanes?.ended(lane, start);
    }
    const service = span.localEndpoint?.serviceName ?? NO_SERVICE;
    let process = processes.get(service);
    if (!process) {
      process = { pid: processes.size + 1, lanes: new Lanes() };
      processes.set(service, process);
      events.push({ ph: 'M', name: 'process_name', pid: process.pid, tid: 0, args: { name: service } });
    }
    item.lanes = process.lanes;
    item.lane = process.lanes.place(start, end);
    const tid = item.lane + 1;
    events.push(eventOf(node, span, { pid: process.pid, tid, start, end }));
    for (const { timestamp, value } of span.annotations ?? []) {
      events.push({
        ph: 'i',
        s: 't',
        name: value.slice(0, 200),
        pid: process.pid,
        tid,
        ts: timestamp - tree.start,
      });
    }
  }
  const timeless = tree.nodes.filter((node) => node.halves.every(({ timestamp }) => timestamp === undefined));
  return {
    traceEvents: events,
    displayTimeUnit: 'ms',
    ...(timeless.length > 0 && { otherData: { spansWithoutTime: timeless.map(({ span }) => span.id) } }),
  };
}

interface Item {
  readonly node: TraceNode;
  readonly span: Span;
  /** From the trace's start. */
  readonly start: number;
  readonly end: number;
  /** Where it was placed. */
  lanes?: Lanes;
  lane: number;
}

/** The halves that have a time, by their start; of several the longest first, for it goes around the others. */
function itemsOf({ nodes, start: traceStart, end: traceEnd }: TraceTree): Item[] {
  return nodes
    .flatMap((node) =>
      node.halves.flatMap((span): Item[] => {
        if (span.timestamp === undefined) return [];
        const start = span.timestamp - traceStart;
        const end = start + (span.duration ?? Math.max(traceEnd - span.timestamp, 0));
        return [{ node, span, start, end, lane: -1 }];
      }),
    )
    .toSorted((a, b) => a.start - b.start || (b.span.duration ?? 0) - (a.span.duration ?? 0));
}

function eventOf(
  node: TraceNode,
  span: Span,
  { pid, tid, start, end }: { pid: number; tid: number; start: number; end: number },
): TraceEvent {
  const { traceId, id, parentId, kind, tags } = span;
  return {
    ph: 'X',
    name: span.name ?? factsOf(node).name ?? id,
    cat: kind ?? 'INTERNAL',
    pid,
    tid,
    ts: start,
    dur: end - start,
    args: {
      traceId,
      id,
      ...(parentId && { parentId }),
      ...(span.duration === undefined && { open: true }),
      ...tags,
    },
  };
}
