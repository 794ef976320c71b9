/**
 * A process that shows its spans, shuts the pages down and has nothing else to do. It must end by itself; what it
 * writes says what it had counted then.
 */
import { createZpages } from '@distrace/zpages/core';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import { TracerProvider } from '@opentelemetry/sdk-trace';

const [, , how = ''] = process.argv;
const zpages = createZpages();
const provider = new TracerProvider({ spanProcessors: [zpages.processor] });
const tracer = provider.getTracer('child');
const start = (name: string) => tracer.startSpan(name, {}, ROOT_CONTEXT);
const running = start('runs at the end');
start('ended').end();
if (how.includes('listen')) {
  const { url, close } = await zpages.listen({ port: 0 });
  await (await fetch(`${url}tracez`)).text();
  await close();
}
if (how.includes('shutdown')) await provider.shutdown();
start('after the end').end();
running.end();
const result = zpages.processor.aggregator.query({ kind: 'aggregations' });
if (result.ok) {
  const { started, running: open, latency } = result.answer.totals;
  process.stdout.write(JSON.stringify({ started, open, latency, names: result.answer.rows.length }));
}
