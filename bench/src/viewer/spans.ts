import { decodeSpans } from '@distrace/zipkin';
import type { Span } from '@distrace/zipkin';
import { ourStages } from '../export-stages.ts';
import { sampleSpans } from '../sample-spans.ts';

/** Spans of one task of the reference deployment, see {@link sampleSpans}. */
export const SPANS_PER_TASK = 13;
const UUID = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/;
const PEER_PORT = 'network.peer.port';
/** One of them has a failed span. */
const TASKS = 20;

/** As many spans as asked for, trace after trace. */
export type SpanSource = (count: number) => Span[];

/** Traces of the reference deployment as our exporter sends them, each with ids and times of its own. */
export async function deploymentTraces(): Promise<SpanSource> {
  const tasks = await templates();
  let made = 0;
  return (count) => {
    const spans: Span[] = [];
    while (spans.length < count) {
      made += 1;
      spans.push(...renew(tasks[made % tasks.length]!, made));
    }
    return spans.slice(0, count);
  };
}

/** The same spans, each a trace for itself. */
export async function loneSpans(): Promise<SpanSource> {
  const traces = await deploymentTraces();
  let made = 0;
  return (count) =>
    traces(count).map((span) => ({ ...span, parentId: undefined, traceId: traceIdOf((made += 1)) }));
}

async function templates(): Promise<readonly (readonly Span[])[]> {
  const stages = await ourStages('http://127.0.0.1:9');
  const body = await stages.encode(sampleSpans(SPANS_PER_TASK * TASKS));
  stages.close();
  const spans = decodeSpans(body, { format: 'v2' });
  return Array.from({ length: TASKS }, (_, task) =>
    spans.slice(task * SPANS_PER_TASK, (task + 1) * SPANS_PER_TASK).map(withService),
  );
}

/** The sample is of one service; in the deployment three have a part in it. */
function withService(span: Span): Span {
  const { name = '' } = span;
  const serviceName = /^(?:post|main|send tasks|process notif)/i.test(name)
    ? 'client'
    : /^(?:process results|exporter|save|send notif)/i.test(name)
      ? 'exporter'
      : 'executor';
  return { ...span, localEndpoint: { ...span.localEndpoint, serviceName } };
}

function renew(task: readonly Span[], made: number): Span[] {
  const traceId = traceIdOf(made);
  // A millisecond after the one before: the newest trace is the first of every list.
  const later = made * 1000;
  return task.map((span) => ({
    ...span,
    traceId,
    timestamp: span.timestamp! + later,
    ...(span.tags && { tags: withNewIds(span.tags, made) }),
    ...(span.annotations && {
      annotations: span.annotations.map((one) => ({ ...one, timestamp: one.timestamp + later })),
    }),
  }));
}

/** Ids and callers' ports are new each time, as they are in the deployment: whoever keeps equal texts once gains nothing. */
function withNewIds(tags: Readonly<Record<string, string>>, made: number): Record<string, string> {
  const id = `${hex(made, 8)}-8b6e-4b9b-8ea1-b336b05c25ef`;
  const port = String(32_768 + ((made * 7919) % 28_000));
  return Object.fromEntries(
    Object.entries(tags).map(([key, value]) => [key, key === PEER_PORT ? port : value.replace(UUID, id)]),
  );
}

/** One trace in the shape of a batch job: a few levels, fans of different sizes, the same each time. */
export function bigTrace(
  count: number,
  { traceId, start }: { readonly traceId: string; readonly start: number },
): Span[] {
  const times: { readonly at: number; readonly took: number; readonly depth: number }[] = [];
  return Array.from({ length: count }, (_, index): Span => {
    const above = index === 0 ? -1 : parentNear(index, times);
    const parent = times[above];
    const at = parent ? parent.at + Math.floor(parent.took * (((index * 7919) % 60) / 100)) : 0;
    const took = parent
      ? Math.max(20, Math.floor(parent.took * (0.1 + ((index * 31) % 25) / 100)))
      : 60_000_000;
    const depth = parent ? parent.depth + 1 : 0;
    times.push({ at, took, depth });
    return {
      traceId,
      id: hex(index + 1, 16),
      ...(parent && { parentId: hex(above + 1, 16) }),
      name: ['load order', 'check item', 'store price', 'query stock', 'notify customer'][index % 5]!,
      timestamp: start + at,
      duration: took,
      localEndpoint: { serviceName: ['orders', 'stock', 'prices', 'mail'][depth % 4]!, ipv4: '10.0.1.1' },
      tags: {
        'batch.item': String(index),
        'thread.id': String(index % 8),
        'db.query.text': `SELECT * FROM items WHERE id = ${index}`,
        ...(index % 613 === 612 && { error: `item ${index} is out of stock` }),
      },
    };
  });
}

/** One of the 24 before; from the eighth level on one of the first fifty. */
function parentNear(index: number, times: readonly { readonly depth: number }[]): number {
  const near = Math.max(0, index - 1 - ((index * 7919) % 24));
  return times[near]!.depth < 8 ? near : (index * 31) % Math.min(50, near + 1);
}

/** Without zeros in front: a decoder leaves those out. */
const traceIdOf = (made: number) => `65fa10c2${hex(made, 24)}`;
const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
