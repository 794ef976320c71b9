import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { formatDuration, harmlessText } from '@distrace/zipkin';
import type { Span } from '@distrace/zipkin';
import { SpanExporter } from './span-exporter.js';
import { toZipkinSpan } from './to-zipkin.js';

/** Where lines go. */
export interface ConsoleExporterOptions {
  /** Default `process.stdout`. */
  readonly stream?: { write(text: string): unknown };
}

/** Prints one readable line per span, for looking at an app while writing it. */
export function consoleExporter({ stream = process.stdout }: ConsoleExporterOptions = {}): SpanExporter {
  return new ConsoleExporter(stream);
}

class ConsoleExporter extends SpanExporter {
  readonly #stream: NonNullable<ConsoleExporterOptions['stream']>;

  constructor(stream: NonNullable<ConsoleExporterOptions['stream']>) {
    super();
    this.#stream = stream;
  }

  override send(spans: readonly ReadableSpan[]): Promise<void> {
    this.#stream.write(spans.map((span) => spanLine(toZipkinSpan(span))).join(''));
    return Promise.resolve();
  }
}

function spanLine(span: Span): string {
  const time = new Date((span.timestamp ?? 0) / 1000).toISOString().slice(11, 23);
  const facts = [
    `${time}  ${span.localEndpoint?.serviceName ?? '-'}  ${span.name ?? '(no name)'}`,
    span.kind ?? 'INTERNAL',
    span.duration === undefined ? 'open' : formatDuration(span.duration),
    `trace=${span.traceId} id=${span.id}${span.parentId === undefined ? '' : ` parent=${span.parentId}`}`,
    ...(span.tags?.['error'] === undefined
      ? []
      : [`error=${JSON.stringify(span.tags['error'].slice(0, 200))}`]),
  ];
  return `${harmlessText(facts.join('  '), '\ufffd')}\n`;
}
