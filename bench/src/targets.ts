import { round2 } from './measure.ts';
import type { Row } from './measure.ts';

/** What a bench is to show. */
interface Target {
  readonly bench: string;
  /** Default: every unit. */
  readonly unit?: string;
  readonly variant: string;
  /** The one it is compared to; nothing where the number itself is what counts. */
  readonly beside?: string;
  /** `median` over `median`; `more` is the difference of the medians. */
  readonly by: 'median' | 'more' | 'itself';
  readonly atMost?: number;
  readonly atLeast?: number;
}

const AMQPLIB = 'instrumentation-amqplib';

const SECOND_PROCESS = 'shared, warm, second process';

const WOVEN_FILES = [
  'amqplib channel, 8 kB, CommonJS',
  'Nest router, 22 kB, ESM',
  'Nest injector, 57 kB, ESM',
  'rxjs bundle, 284 kB, CommonJS',
];

const TARGETS: readonly Target[] = [
  ...['span, no SDK, sync', 'span, no SDK, async'].map((bench): Target => ({
    bench,
    variant: '@Span',
    beside: 'none',
    by: 'more',
    atMost: 1000,
  })),
  ...['span, sync', 'span, async', 'span, Observable'].map((bench): Target => ({
    bench,
    variant: '@Span',
    beside: 'startActiveSpan',
    by: 'median',
    atMost: 1.15,
  })),
  ...['export, encode', 'export, post'].map((bench): Target => ({
    bench,
    variant: 'distrace',
    beside: 'exporter-zipkin',
    by: 'median',
    atMost: 0.8,
  })),
  { bench: 'rmq emit, added', variant: 'distrace', beside: AMQPLIB, by: 'median', atMost: 0.5 },
  { bench: 'rmq rpc, added', variant: 'distrace', beside: AMQPLIB, by: 'median', atMost: 0.33 },
  ...[64, 1024].map((inFlight): Target => ({
    bench: `tracez, ${inFlight} in flight`,
    variant: 'tracez over no-op',
    by: 'itself',
    atMost: 150,
  })),
  { bench: 'tracez, 60,000 spans', variant: 'last', beside: 'first', by: 'median', atMost: 1.5 },
  { bench: 'tracez, memory', variant: 'name, before its first end', by: 'itself', atMost: 150 },
  {
    bench: 'tracez, memory',
    variant: 'sample without attributes, with its bucket',
    by: 'itself',
    atMost: 400,
  },
  ...['HTML', 'JSON', 'text', 'API', 'query'].map((format): Target => ({
    bench: 'tracez, page of 1,000 names',
    variant: `longest stall, ${format}`,
    by: 'itself',
    atMost: 5,
  })),
  { bench: 'task', unit: 'tasks/s', variant: 'on, disk', beside: 'off', by: 'median', atLeast: 0.9 },
  { bench: 'viewer, page', variant: 'script, gzip', by: 'itself', atMost: 60 },
  { bench: 'viewer, page, 10,000 spans', variant: 'ready', by: 'itself', atMost: 2000 },
  {
    bench: 'viewer, page, 10,000 spans',
    variant: 'DOM',
    unit: 'nodes, texts included',
    by: 'itself',
    atMost: 600,
  },
  { bench: 'viewer, page, 10,000 spans', variant: 'scroll, p95', by: 'itself', atMost: 50 },
  { bench: 'viewer, page, 50,000 spans', variant: 'ready', by: 'itself', atMost: 5000 },
  { bench: 'viewer, tree of 50,000 spans', variant: 'slowest', unit: 'CPU ms', by: 'itself', atMost: 400 },
  { bench: 'viewer, ingest', variant: 'lists read', unit: 'spans/CPU s', by: 'itself', atLeast: 50_000 },
  { bench: 'viewer, ingest', variant: 'lists read', unit: 'list, p95 CPU ms', by: 'itself', atMost: 50 },
  {
    bench: 'viewer, ingest',
    variant: 'lists read, paced',
    unit: 'spans/CPU s',
    by: 'itself',
    atLeast: 50_000,
  },
  {
    bench: 'viewer, ingest',
    variant: 'lists read, paced',
    unit: 'list, p95 CPU ms',
    by: 'itself',
    atMost: 50,
  },
  { bench: 'viewer, memory', variant: 'traces of 13 spans, stored', by: 'itself', atMost: 600 },
  { bench: 'viewer, memory', variant: 'traces of 1 span, stored', by: 'itself', atMost: 600 },
  { bench: 'agent, start', unit: 'ms', variant: 'passthrough', beside: 'no agent', by: 'more', atMost: 40 },
  { bench: 'agent, start', unit: 'ms', variant: SECOND_PROCESS, beside: 'no agent', by: 'more', atMost: 60 },
  {
    bench: 'agent, added to a start',
    variant: SECOND_PROCESS,
    beside: 'OpenTelemetry, all instrumentations, ESM hook',
    by: 'median',
    atMost: 0.2,
  },
  { bench: 'agent, memory', variant: SECOND_PROCESS, beside: 'no agent', by: 'more', atMost: 15 },
  ...WOVEN_FILES.map((file): Target => ({
    bench: `weave, ${file}`,
    variant: 'distrace',
    beside: 'orchestrion',
    by: 'median',
    atMost: 0.5,
  })),
  ...['distrace, off', 'distrace, off beside on'].map((variant): Target => ({
    bench: 'probe, three additions',
    variant,
    beside: 'none',
    by: 'more',
    atMost: 5,
  })),
];

/** One line for each target that the rows speak of. */
export function targetLines(rows: readonly Row[]): string[] {
  return TARGETS.flatMap((target) => {
    const came = valueOf(target, rows);
    if (came === undefined) return [];
    const { bench, variant, beside, by, atMost, atLeast } = target;
    const holds = (atMost === undefined || came <= atMost) && (atLeast === undefined || came >= atLeast);
    const bound = atMost === undefined ? `at least ${atLeast}` : `at most ${atMost}`;
    const what = { more: `${variant} − ${beside}`, median: `${variant} / ${beside}`, itself: variant }[by];
    return [`${holds ? 'holds' : 'MISSED'}  ${bench}: ${what} = ${came} (${bound})`];
  });
}

function valueOf({ bench, unit, variant, beside, by }: Target, rows: readonly Row[]): number | undefined {
  const medianOf = (name: string) =>
    rows.find(
      (row) => row.bench === bench && row.variant === name && (unit === undefined || row.unit === unit),
    )?.median;
  const ours = medianOf(variant);
  if (by === 'itself') return ours;
  const other = beside === undefined ? undefined : medianOf(beside);
  if (ours === undefined || other === undefined) return undefined;
  return round2(by === 'more' ? ours - other : ours / other);
}
