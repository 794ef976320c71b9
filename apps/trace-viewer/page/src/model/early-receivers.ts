import type { Span, TraceTree } from '@distrace/zipkin';

/** Clocks of a millisecond, which many recorders have, may be off by one. */
const TOLERANCE_MICROS = 1000;

/** Ids of spans that receive something more than a millisecond before their sender starts: two clocks disagree. */
export function earlyReceivers({ nodes, rows }: TraceTree): string[] {
  const ids: string[] = [];
  for (const { row, span, halves, parentHalf } of nodes) {
    const parent = nodes[rows.parent[row]!]?.halves[parentHalf];
    const isEarly = halves.some((half, index) => isBefore(half, index === 0 ? parent : halves[0]));
    if (isEarly) ids.push(span.id);
  }
  return ids;
}

function isBefore(receiver: Span, sender: Span | undefined): boolean {
  const fits =
    (receiver.kind === 'CONSUMER' && sender?.kind === 'PRODUCER') ||
    (receiver.kind === 'SERVER' && sender?.kind === 'CLIENT');
  if (!fits || receiver.timestamp === undefined || sender?.timestamp === undefined) return false;
  return receiver.timestamp < sender.timestamp - TOLERANCE_MICROS;
}
