import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { buildTraceTree, renderWaterfall } from '@distrace/zipkin';
import type { Span } from '@distrace/zipkin';
import { expect, it } from 'vitest';
import { startCollector } from './fake-collector.spec.helper.js';
import { ExportProcessor } from './export-processor.js';
import { directZipkin } from './zipkin-exporter.js';

it("carries spans from OpenTelemetry's SDK to a collector, as one tree", async () => {
  await using collector = await startCollector([{ status: 503 }]);
  const processor = new ExportProcessor(directZipkin(collector.url), { backoffMs: 1 });
  const provider = new TracerProvider({ spanProcessors: [processor] });
  const tracer = provider.getTracer('test');
  const root = tracer.startSpan('POST /tasks', { kind: SpanKind.SERVER }, ROOT_CONTEXT);
  const inside = trace.setSpan(ROOT_CONTEXT, root);
  const child = tracer.startSpan('send tasks', { kind: SpanKind.PRODUCER }, inside);
  child.addEvent('confirmed');
  child.setStatus({ code: SpanStatusCode.ERROR, message: 'no route' });
  context.with(inside, () => child.end());
  root.end();
  await provider.shutdown();

  // The first answer was 503: the same batch came again.
  expect(collector.received).toHaveLength(2);
  expect(collector.received[0]!.body).toBe(collector.received[1]!.body);
  const tree = buildTraceTree(JSON.parse(collector.received[1]!.body) as Span[]);
  expect(renderWaterfall(tree, { width: 100 })).toMatch(/POST \/tasks +SERVER[^]*└ .*send tasks +PRODUCER/);
  expect(tree.roots[0]!.children[0]!.span).toMatchObject({
    annotations: [{ value: 'confirmed' }],
    tags: { error: 'no route', 'otel.scope.name': 'test' },
  });
  expect(processor.stats()).toEqual({ queued: 0, exported: 2, dropped: 0, retried: 1, failedBatches: 0 });
});
