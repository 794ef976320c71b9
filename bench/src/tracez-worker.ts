import { SpanAggregator, TracezSpanProcessor, createZpages } from '@distrace/zpages/core';
import type { Attributes, Span, Tracer } from '@opentelemetry/api';
import { NoopSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import { FloorProcessor } from './tracez-floor.ts';

/** What a worker is asked for. */
export type Task =
  | { readonly kind: 'spans'; readonly times: number; readonly inFlight: number }
  | { readonly kind: 'memory' }
  | { readonly kind: 'heap'; readonly spans: number }
  | { readonly kind: 'page'; readonly requests: number };

/** What it measured, by name. */
export type Figures = Readonly<Record<string, number>>;

/** A process has one processor, or the engine would make the spans of each pay for the shapes of all. */
function createProcessor(variant: string): SpanProcessor[] {
  switch (variant) {
    case 'none':
      return [];
    case 'no-op':
      return [new NoopSpanProcessor()];
    case 'bare inline':
      return [new FloorProcessor()];
    default:
      return [new TracezSpanProcessor()];
  }
}

const [, , variant = 'none'] = process.argv;
const NAMES = Array.from({ length: 50 }, (_, i) => `name ${i}`);
const collect = globalThis.gc as () => void;
let tracer: Tracer | undefined;
const open: (Span | undefined)[] = [];

function fiveAttributes(i: number): Attributes {
  return {
    'http.request.method': 'GET',
    'http.route': '/users/:id',
    'http.response.status_code': 200,
    'server.address': '127.0.0.1',
    'bench.index': i,
  };
}

function spans({ times, inFlight }: { readonly times: number; readonly inFlight: number }): Figures {
  tracer ??= new TracerProvider({ spanProcessors: createProcessor(variant) }).getTracer('bench');
  const before = process.cpuUsage();
  for (let i = 0; i < times; i++) {
    const at = i % inFlight;
    open[at]?.end();
    open[at] = tracer.startSpan(NAMES[i % NAMES.length] as string, { attributes: fiveAttributes(i) });
  }
  const { user, system } = process.cpuUsage(before);
  return { nanos: ((user + system) * 1000) / times };
}

function heapUsed(): number {
  // The first collection only queues what finalizers hold.
  for (let i = 0; i < 3; i++) collect();
  return process.memoryUsage().heapUsed;
}

const NAME_COUNT = 5000;

/** Bytes of the heap that `act` leaves behind, per name. */
function bytesPerName(processor: SpanProcessor, act: (tracer: Tracer, name: string) => unknown): number {
  const tracer = new TracerProvider({ spanProcessors: [processor] }).getTracer('bench');
  const names = Array.from({ length: NAME_COUNT }, (_, i) => `GET /a/route/of/a/usual/length/${i}`);
  act(tracer, 'one to warm up');
  const before = heapUsed();
  const kept = names.map((name) => act(tracer, name));
  void processor.forceFlush();
  const bytes = heapUsed() - before;
  // Used after the collection, so that none of them could go.
  return kept.length === NAME_COUNT ? bytes / names.length : 0;
}

function createTracez(samplesPerBucket: number): TracezSpanProcessor {
  const options = {
    maxNames: NAME_COUNT + 1,
    sampleIntervalMs: 0,
    maxSampleBytes: 2 ** 30,
    samplesPerBucket,
  };
  return new TracezSpanProcessor(new SpanAggregator(options));
}

function runOne(attributes: Attributes) {
  return (tracer: Tracer, name: string): void => {
    tracer.startSpan(name, { attributes }).end();
  };
}

function startOne(tracer: Tracer, name: string): unknown {
  return tracer.startSpan(name);
}

function memory(): Figures {
  const counted = bytesPerName(createTracez(0), runOne({}));
  const sampled = bytesPerName(createTracez(1), runOne({}));
  // A text that is not made anew is shared, as those in source code are; these are not.
  const made = Object.fromEntries(
    Array.from({ length: 5 }, (_, i) => [`attribute.${i}`, `value ${i} of twenty`]),
  );
  return {
    'name, before its first end':
      bytesPerName(createTracez(0), startOne) - bytesPerName(new NoopSpanProcessor(), startOne),
    'name, after its first end': counted,
    'sample without attributes, with its bucket': sampled - counted,
    'sample with 5 attributes, with its bucket': bytesPerName(createTracez(1), runOne(made)) - counted,
  };
}

/** What so many spans leave on the heap, after a tenth of them. */
function heap({ spans: times }: { readonly spans: number }): Figures {
  spans({ times: times / 10, inFlight: 64 });
  const before = heapUsed();
  spans({ times, inFlight: 64 });
  return { kilobytes: (heapUsed() - before) / 1024 };
}

/** What each page over 1,000 names is asked for by. */
const PAGES = {
  HTML: 'tracez?format=html',
  JSON: 'tracez?format=json',
  text: 'tracez?format=text',
  API: 'tracez/api/aggregations',
} as const;

/**
 * How long the event loop stood still while pages over 1,000 names with full samples were served: the longest
 * time within a request, of many requests the middle one and the worst. And the query alone.
 */
async function page({ requests }: { readonly requests: number }): Promise<Figures> {
  const zpages = createZpages({ sampleIntervalMs: 0, maxSampleBytes: 2 ** 30 });
  fill(zpages.processor);
  const { url, close } = await zpages.listen({ port: 0 });
  const works: (readonly [string, () => Promise<void>])[] = Object.entries(PAGES).map(([name, path]) => [
    name,
    () => fetchAll(url + path),
  ]);
  works.push(['query', async () => void zpages.processor.aggregator.query({ kind: 'aggregations' })]);
  const stalls: Record<string, number> = {};
  for (const [name, work] of works) {
    const longest: number[] = [];
    for (let i = 0; i < requests; i++) longest.push(await longestStall(work));
    const sorted = longest.toSorted((a, b) => a - b);
    stalls[name] = sorted[Math.floor(requests / 2)] ?? 0;
    stalls[`${name}, worst of ${requests}`] = sorted.at(-1) ?? 0;
  }
  await close();
  return stalls;
}

/** 1,000 names, of each 5 samples in all 9 buckets and of errors, and a running span. */
function fill(processor: TracezSpanProcessor): void {
  const tracer = new TracerProvider({ spanProcessors: [processor] }).getTracer('bench');
  for (let i = 0; i < 1000; i++) {
    const begin = (startTime?: [number, number]): Span =>
      tracer.startSpan(`GET /a/route/${i}`, {
        attributes: fiveAttributes(i),
        ...(startTime && { startTime }),
      });
    for (let sample = 0; sample < 5; sample++) {
      for (let exponent = 3; exponent < 12; exponent++) {
        const nanos = 10 ** exponent;
        begin([1e9, 0]).end([1e9 + Math.floor(nanos / 1e9), nanos % 1e9]);
      }
      begin().setStatus({ code: 2, message: 'failed' }).end();
    }
    begin();
  }
}

async function fetchAll(url: string): Promise<void> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  await response.arrayBuffer();
}

async function longestStall(work: () => Promise<void>): Promise<number> {
  let longest = 0;
  let last = performance.now();
  let isDone = false;
  const ticked = new Promise<void>((resolve) => {
    const tick = (): void => {
      const now = performance.now();
      longest = Math.max(longest, now - last);
      last = now;
      if (isDone) resolve();
      else setImmediate(tick);
    };
    setImmediate(tick);
  });
  await work();
  isDone = true;
  // Also what ends before the loop turns stalls it.
  await ticked;
  return longest;
}

async function figuresOf(task: Task): Promise<Figures> {
  switch (task.kind) {
    case 'spans':
      return spans(task);
    case 'memory':
      return memory();
    case 'heap':
      return heap(task);
    case 'page':
      return page(task);
  }
}

process.on('message', (task: Task) => {
  void figuresOf(task).then((figures) => process.send?.(figures));
});
process.send?.('ready');
