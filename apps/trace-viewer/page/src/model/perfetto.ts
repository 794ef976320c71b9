import { factsOf } from '@distrace/zipkin';
import type { Span, TraceNode, TraceTree } from '@distrace/zipkin';
import { NO_SERVICE } from './trace-model.js';

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

/** The trace for Perfetto: a process per service, and lanes in it, for what is on one lane must nest. */
export function toPerfetto(tree: TraceTree): {
  readonly traceEvents: readonly TraceEvent[];
  readonly displayTimeUnit: 'ms';
} {
  const events: TraceEvent[] = [];
  const processes = new Map<string, { readonly pid: number; readonly lanes: number[][] }>();
  const halves = tree.nodes
    .flatMap((node) => node.halves.map((span) => ({ node, span })))
    .filter(({ span }) => span.timestamp !== undefined)
    .toSorted(
      (a, b) => a.span.timestamp! - b.span.timestamp! || (b.span.duration ?? 0) - (a.span.duration ?? 0),
    );
  for (const { node, span } of halves) {
    const service = span.localEndpoint?.serviceName ?? NO_SERVICE;
    let process = processes.get(service);
    if (!process) {
      process = { pid: processes.size + 1, lanes: [] };
      processes.set(service, process);
      events.push({ ph: 'M', name: 'process_name', pid: process.pid, tid: 0, args: { name: service } });
    }
    const start = span.timestamp! - tree.start;
    const end = start + (span.duration ?? Math.max(tree.end - span.timestamp!, 0));
    const tid = laneFor(process.lanes, start, end);
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
  return { traceEvents: events, displayTimeUnit: 'ms' };
}

/** The first lane on which the event lies inside of, or after, all that is still going on. A lane is the stack of
 * ends of what is open on it. */
function laneFor(lanes: number[][], start: number, end: number): number {
  for (const [index, open] of lanes.entries()) {
    while (open.length > 0 && open.at(-1)! <= start) open.pop();
    if (open.length === 0 || open.at(-1)! >= end) {
      open.push(end);
      return index + 1;
    }
  }
  lanes.push([end]);
  return lanes.length;
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
