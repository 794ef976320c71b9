/**
 * An application traced by us, with `@nestjs/observe` and OpenTelemetry's instrumentations of HTTP and amqplib: in a
 * process of its own, because those patch modules. Prints what came of one request per order of the modules.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { AmqplibInstrumentation } from '@opentelemetry/instrumentation-amqplib';
import type { DynamicModule } from '@nestjs/common';

// Before anything loads what they patch.
const instrumentations = [new HttpInstrumentation(), new AmqplibInstrumentation()];
// oxlint-disable-next-line typescript/no-require-imports -- what HTTP's instrumentation listens to
process.getBuiltinModule('module').createRequire(import.meta.url)('node:http');

const { attachTracing, TracingModule } = await import('@distrace/tracing');
const { createTracingHarness, spanTree } = await import('@distrace/tracing/testing');
const { trace } = await import('@opentelemetry/api');
const { createObserveModule } = await import('@nestjs/observe');
const { startQuestionApp } = await import('./question-app.ts');

const [amqpUrl = '', queue = ''] = process.argv.slice(2);
const tracing = createTracingHarness({ lint: false });
for (const instrumentation of instrumentations) instrumentation.setTracerProvider(trace.getTracerProvider());

const warnings: string[] = [];
const say = () => undefined;
const logger = { log: say, error: say, warn: (text: unknown) => void warnings.push(String(text)) };

const { ObserveModule, ObserveInstrument } = createObserveModule();
const observe = (): DynamicModule =>
  ObserveModule.forRoot({
    appKey: 'none',
    appSecret: 'none',
    serviceId: 'none',
    endpoint: 'http://127.0.0.1:1',
  }) as DynamicModule;

async function run(imports: readonly DynamicModule[]) {
  const observed: string[] = [];
  const { app, url, close } = await startQuestionApp({
    amqpUrl,
    queue,
    imports,
    logger,
    instrument: ObserveInstrument as { instanceDecorator: (instance: unknown) => unknown },
    attach: attachTracing,
    inHandler: (handler) => {
      const store = app.get<AsyncLocalStorage<Map<string, unknown>>>(AsyncLocalStorage).getStore();
      if (store?.get('traceId') !== undefined) observed.push(handler);
    },
  });
  const response = await fetch(url);
  const answer = [response.status, await response.text()];
  while (tracing.spans.ended.length < tracing.spans.started.length) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await close();
  const server = tracing.spans.ended.find((span) => span.kind === 1);
  const result = {
    answer,
    observed,
    tree: spanTree(tracing.spans.ended),
    traces: new Set(tracing.spans.ended.map((span) => span.spanContext().traceId)).size,
    serverScope: server?.instrumentationScope.name,
    route: server?.attributes['http.route'],
  };
  tracing.spans.clear();
  return result;
}

const results = {
  observeLast: await run([TracingModule.forRoot(), observe()]),
  observeFirst: await run([observe(), TracingModule.forRoot()]),
  warnings: warnings.filter((text) => text.includes('instrumentation-amqplib')).length,
};
process.stdout.write(JSON.stringify(results));
process.exit(0);
