import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { formatDuration, harmlessText } from '@distrace/zipkin';
import type { Span } from '@distrace/zipkin';
import { SpanExporter } from './span-exporter.js';
import type { SendOptions, SendSyncOptions } from './span-exporter.js';
import { TAG_LINKS, toZipkinSpan } from './to-zipkin.js';
import { writeSpans } from './write-spans.js';

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

  /** A terminal and a file take it at once, a pipe as far as it goes: as `console.log` at the same moment. */
  override sendSync(spans: readonly ReadableSpan[], options: SendSyncOptions): void {
    const lines = writeSpans(spans, (span) => spanLine(toZipkinSpan(span)), options);
    if (lines.length > 0) this.#stream.write(lines.join(''));
  }

  override send(spans: readonly ReadableSpan[], options: SendOptions): Promise<void> {
    const lines = writeSpans(spans, (span) => spanLine(toZipkinSpan(span)), options);
    if (lines.length > 0) this.#stream.write(lines.join(''));
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
    ...(span.tags?.[TAG_LINKS] === undefined ? [] : [`links=${span.tags[TAG_LINKS]}`]),
    ...(span.tags?.['error'] === undefined
      ? []
      : [`error=${JSON.stringify(span.tags['error'].slice(0, 200))}`]),
  ];
  return `${harmlessText(facts.join('  '), '\ufffd')}\n`;
}
