import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { consoleExporter, createExporter, SpanExporter } from '@distrace/tracing/core';
import type { SendOptions } from '@distrace/tracing/core';
import type { Collector } from './collector.ts';

/** The exporters that come with the library. */
export const EXPORTERS = ['directZipkin v1', 'directZipkin v2', 'disk', 'otlp', 'console'] as const;
export type ExporterName = (typeof EXPORTERS)[number];

/** An exporter that hands its spans to all the others, and what they made of them. */
export class EveryExporter extends SpanExporter {
  readonly #collector: Collector;
  readonly #file: string;
  readonly #lines: string[] = [];
  readonly #all: readonly SpanExporter[];

  constructor(collector: Collector, folder: string) {
    super();
    this.#collector = collector;
    this.#file = join(folder, 'spans.ndjson');
    this.#all = [
      createExporter(`directZipkin(${collector.url}, v1)`),
      createExporter(`directZipkin(${collector.url})`),
      createExporter(`disk(${this.#file})`),
      createExporter(`otlp(${collector.url})`),
      consoleExporter({ stream: { write: (text) => this.#lines.push(text) } }),
    ];
  }

  override async send(spans: Parameters<SpanExporter['send']>[0], options: SendOptions): Promise<void> {
    await Promise.all(this.#all.map((exporter) => exporter.send(spans, options)));
  }

  override async shutdown(): Promise<void> {
    await Promise.all(this.#all.map((exporter) => exporter.shutdown()));
    await super.shutdown();
  }

  /** Everything that left the process, as text. Shut down before. */
  async output(): Promise<Readonly<Record<ExporterName, string>>> {
    const posted = (path: string) =>
      this.#collector.received
        .filter((one) => one.path === path)
        .map(({ body }) => body)
        .join('\n');
    return {
      'directZipkin v1': posted('/api/v1/spans'),
      'directZipkin v2': posted('/api/v2/spans'),
      disk: await readFile(this.#file, 'utf8'),
      otlp: posted('/v1/traces'),
      console: this.#lines.join(''),
    };
  }
}
