import { createRequire } from 'node:module';
import { DistraceError } from '../errors.js';
import { providedSdkPackages } from '../sdk/sdk-packages.js';
import type { SdkPackages } from '../sdk/sdk-packages.js';
import { httpUrl } from './http-url.js';
import { OtelExporterAdapter } from './otel-adapter.js';
import type { SpanExporter } from './span-exporter.js';

/** How spans go by OTLP. */
export interface OtlpOptions {
  /** Further request headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Loads the package by name; tests use it. */
  readonly load?: (name: string) => unknown;
}

const PACKAGE = '@opentelemetry/exporter-trace-otlp-http';

/**
 * Sends spans by OTLP over HTTP, to a collector or any back end that speaks it, with OpenTelemetry's own
 * exporter; its package must be installed. A URL without a path gets `/v1/traces`; without a URL the `OTEL_*`
 * variables decide, else http://localhost:4318. Throws a DistraceError for a bad URL or a missing package.
 */
export function otlp(url?: string, { headers, load = loadPackage }: OtlpOptions = {}): SpanExporter {
  const target =
    url === undefined
      ? undefined
      : httpUrl(url, { exporter: 'otlp', defaultPath: '/v1/traces', example: 'http://127.0.0.1:4318' }).href;
  const OtlpExporter = loadExporter(load);
  return new OtelExporterAdapter(new OtlpExporter({ url: target, headers }));
}

type OtlpConstructor = SdkPackages[typeof PACKAGE]['OTLPTraceExporter'];

function loadPackage(name: string): unknown {
  const provided = providedSdkPackages();
  return provided === undefined ? createRequire(import.meta.url)(name) : provided[PACKAGE];
}

function loadExporter(load: (name: string) => unknown): OtlpConstructor {
  try {
    return (load(PACKAGE) as { readonly OTLPTraceExporter: OtlpConstructor }).OTLPTraceExporter;
  } catch (cause) {
    throw new DistraceError(
      'DT_ERR_EXPORTER_PACKAGE',
      `otlp needs the package ${PACKAGE}, which cannot be loaded; run: npm install ${PACKAGE}`,
      { cause, fields: { exporter: 'otlp', package: PACKAGE } },
    );
  }
}
