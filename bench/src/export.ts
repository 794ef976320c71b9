import { request } from 'node:http';
import { directZipkin, ExportProcessor } from '@distrace/tracing/core';
import { ZipkinExporter } from '@opentelemetry/exporter-zipkin';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { startCollector } from './collector.ts';
import type { Collector } from './collector.ts';
import { ourStages, peerStages } from './export-stages.ts';
import type { Stages } from './export-stages.ts';
import { interleave, measure, rowsOf } from './measure.ts';
import type { MeasureOptions, Row, Variant } from './measure.ts';
import { sampleSpans } from './sample-spans.ts';

/** What both take at once unless told otherwise. */
const BATCH = 512;
const MICROS_PER_SPAN = { name: 'CPU µs/span', nanoseconds: 1000 };

/** CPU microseconds per span. */
interface Sample {
  readonly encode: number;
  readonly post: number;
}

/** What it costs to get ended spans to Zipkin: writing and posting apart, then the whole with its queue. */
export async function exportBench({ times = 10_000, rounds = 25 }: MeasureOptions = {}): Promise<Row[]> {
  await using collector = await startCollector();
  const spans = sampleSpans(times);
  const batches = inBatches(spans);
  const ours = await ourStages(collector.url);
  const none = noStages(collector.url);
  const peer = await peerStages(collector.url);
  const runs = new Map<string, () => Promise<Sample>>([
    ['none', () => runStages(none, batches)],
    ['distrace', () => runStages(ours, batches)],
    ['exporter-zipkin', () => runStages(peer, batches)],
  ]);
  const samples = await interleave([...runs.keys()], { rounds, run: (name) => runs.get(name)!() });
  const bytes = new Map<string, number[]>();
  for (const [name, run] of runs) bytes.set(name, [await bytesOf(run, collector)]);
  const rows = [
    ...rowsOf('export, encode', {
      unit: MICROS_PER_SPAN.name,
      samples: pick(samples, ({ encode }) => encode),
    }),
    ...rowsOf('export, post', { unit: MICROS_PER_SPAN.name, samples: pick(samples, ({ post }) => post) }),
    ...(await measure('export, whole', wholes(spans, collector), { times, rounds, unit: MICROS_PER_SPAN })),
    ...rowsOf('export, sent', { unit: 'bytes/span', samples: pick(bytes, (sum) => sum / times) }),
  ];
  ours.close();
  return rows;
}

/** Batch after batch is encoded and posted, as exporters do: what is posted has just been written. */
async function runStages<Body>(
  { encode, post }: Stages<Body>,
  batches: readonly (readonly ReadableSpan[])[],
): Promise<Sample> {
  const sum = { encode: 0, post: 0 };
  let count = 0;
  for (const batch of batches) {
    const start = cpuMicros();
    const body = await encode(batch);
    const encoded = cpuMicros();
    await post(body);
    sum.encode += encoded - start;
    sum.post += cpuMicros() - encoded;
    count += batch.length;
  }
  return { encode: sum.encode / count, post: sum.post / count };
}

function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** What no exporter can do without: a look at each span, and a request for each batch, here without a body. */
function noStages(url: string): Stages<undefined> {
  return {
    encode: (batch) => Promise.resolve(readAll(batch)),
    post: () => postNothing(url),
  };
}

/** Bytes of bodies that arrive in one round. */
async function bytesOf(run: () => Promise<unknown>, collector: Collector): Promise<number> {
  const before = await collector.bytes();
  await run();
  return (await collector.bytes()) - before;
}

/** From the end of a span to the collector's answer, through each one's own queue. */
function wholes(spans: readonly ReadableSpan[], { url }: Collector): Variant[] {
  const sizes = { maxQueueSize: spans.length, maxBatchSize: BATCH };
  const through = (name: string, make: () => SpanProcessor): Variant => ({
    name,
    async run() {
      const processor = make();
      for (const span of spans) processor.onEnd(span);
      await processor.shutdown();
    },
  });
  return [
    { name: 'none', run: () => readAll(spans) },
    through('distrace', () => new ExportProcessor(directZipkin(url), sizes)),
    through('exporter-zipkin', () => {
      const exporter = new ZipkinExporter({ url });
      return new BatchSpanProcessor({ exporter, maxQueueSize: spans.length, maxExportBatchSize: BATCH });
    }),
  ];
}

function readAll(spans: readonly ReadableSpan[]): undefined {
  let characters = 0;
  for (const { name, attributes } of spans) {
    for (const key in attributes) characters += String(attributes[key]).length;
    characters += name.length;
  }
  if (characters === 0) throw new Error('the spans have no text');
}

function postNothing(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: 'POST', headers: { 'content-length': 0 } });
    outgoing.on('error', reject);
    outgoing.on('response', (answer) => answer.on('end', () => resolve()).resume());
    outgoing.end();
  });
}

function pick<T>(
  samples: ReadonlyMap<string, readonly T[]>,
  value: (sample: T) => number,
): Map<string, number[]> {
  return new Map([...samples].map(([name, all]) => [name, all.map((sample) => value(sample))]));
}

function inBatches(spans: readonly ReadableSpan[]): ReadableSpan[][] {
  const count = Math.ceil(spans.length / BATCH);
  return Array.from({ length: count }, (_, i) => spans.slice(i * BATCH, (i + 1) * BATCH));
}
