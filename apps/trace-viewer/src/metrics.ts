import { toPrometheus, type Sample } from '@distrace/nest-server';
import type { StoreStats } from './store/span-store.js';

/** How spans can come in. */
export type Transport = 'http' | 'rabbitmq';

/** What one transport has received, under Zipkin's names. */
export interface CollectorCounts {
  messages: number;
  bytes: number;
  spans: number;
  /** Messages that were refused. */
  messagesDropped: number;
  /** Of the last message. */
  messageBytes: number;
  messageSpans: number;
}

/** What came in, by transport. */
export class CollectorMetrics {
  readonly #counts = new Map<Transport, CollectorCounts>();

  /** The counts of a transport, to be counted up by whoever serves it. */
  for(transport: Transport): CollectorCounts {
    let counts = this.#counts.get(transport);
    if (!counts) {
      counts = { messages: 0, bytes: 0, spans: 0, messagesDropped: 0, messageBytes: 0, messageSpans: 0 };
      this.#counts.set(transport, counts);
    }
    return counts;
  }

  get all(): ReadonlyMap<Transport, CollectorCounts> {
    return this.#counts;
  }
}

/** One number that `/metrics` and `/prometheus` show. */
export interface Metric {
  /** As `/metrics` names it. */
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly value: number;
  /** One sentence, with the unit. */
  readonly help: string;
  readonly transport?: Transport;
}

interface CountRow {
  readonly field: keyof CollectorCounts;
  readonly name: string;
  readonly type: Metric['type'];
  readonly help: string;
}

const COLLECTOR: readonly CountRow[] = [
  { field: 'messages', name: 'messages', type: 'counter', help: 'Lists of spans received.' },
  { field: 'messagesDropped', name: 'messages_dropped', type: 'counter', help: 'Lists of spans refused.' },
  { field: 'bytes', name: 'bytes', type: 'counter', help: 'Bytes received, unpacked.' },
  { field: 'spans', name: 'spans', type: 'counter', help: 'Spans received.' },
  { field: 'messageBytes', name: 'message_bytes', type: 'gauge', help: 'Bytes of the last list, unpacked.' },
  { field: 'messageSpans', name: 'message_spans', type: 'gauge', help: 'Spans of the last list.' },
];

interface StoreRow {
  readonly field: keyof StoreStats;
  readonly name: string;
  readonly type: Metric['type'];
  readonly help: string;
}

const STORE: readonly StoreRow[] = [
  { field: 'traces', name: 'traces', type: 'gauge', help: 'Traces in the store.' },
  { field: 'spans', name: 'spans', type: 'gauge', help: 'Spans in the store.' },
  { field: 'bytes', name: 'bytes', type: 'gauge', help: 'Estimated memory of the store in bytes.' },
  { field: 'spansAdded', name: 'spans_added', type: 'counter', help: 'Spans that were stored.' },
  { field: 'spansRepeated', name: 'spans_repeated', type: 'counter', help: 'Spans that were there already.' },
  { field: 'spansEvicted', name: 'spans_evicted', type: 'counter', help: 'Spans that made room for others.' },
  {
    field: 'tracesEvicted',
    name: 'traces_evicted',
    type: 'counter',
    help: 'Traces that made room for others.',
  },
  { field: 'spansCleared', name: 'spans_cleared', type: 'counter', help: 'Spans that somebody removed.' },
];

/** All numbers there are. */
export function readMetrics(collector: CollectorMetrics, store: StoreStats): Metric[] {
  const metrics: Metric[] = [];
  for (const [transport, counts] of collector.all) {
    for (const { field, name, type, help } of COLLECTOR) {
      metrics.push({ name: `zipkin_collector.${name}`, type, help, value: counts[field], transport });
    }
  }
  for (const { field, name, type, help } of STORE) {
    metrics.push({ name: `trace_viewer.${name}`, type, help, value: store[field] });
  }
  return metrics;
}

/** As Zipkin's `/metrics` has it: one object, `counter.zipkin_collector.spans.http` and the like. */
export function metricsToJson(metrics: readonly Metric[]): string {
  const entries = metrics.map(({ type, name, transport, value }) => [
    `${type}.${name}${transport === undefined ? '' : `.${transport}`}`,
    value,
  ]);
  return JSON.stringify(Object.fromEntries(entries));
}

/** Prometheus' text format. */
export function metricsToPrometheus(metrics: readonly Metric[]): string {
  const byName = Map.groupBy(metrics, ({ name }) => name.replaceAll('.', '_'));
  return toPrometheus(
    [...byName].map(([name, same]) => ({
      name,
      type: same[0]!.type,
      help: same[0]!.help,
      samples: same.map(sampleOf),
    })),
  );
}

function sampleOf({ transport, value }: Metric): Sample {
  return [transport === undefined ? {} : { transport }, value];
}
