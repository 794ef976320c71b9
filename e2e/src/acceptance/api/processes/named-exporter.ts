// Starts tracing with the exporter of its first argument, and makes one span.
import { createTracing, SpanExporter, TraceContext } from '@distrace/tracing';
import { registerExporter } from '@distrace/tracing/core';

class Shouting extends SpanExporter {
  readonly #words: readonly string[];

  constructor(words: readonly string[]) {
    super();
    this.#words = words;
  }

  override send(spans: Parameters<SpanExporter['send']>[0]): Promise<void> {
    for (const { name } of spans) process.stdout.write(`${[name, ...this.#words].join(' ').toUpperCase()}\n`);
    return Promise.resolve();
  }
}

registerExporter('shouting', (args) => new Shouting(args));
const { shutdownTracing } = createTracing(process.argv[2] === undefined ? {} : { exporter: process.argv[2] });
TraceContext.create().openNestedSpan('work').otelSpan.end();
await shutdownTracing();
