import { createExporter } from '../export/index.js';
import type { ExporterRegistry, SpanExporter } from '../export/index.js';

/** The parts of the options that say where spans go. */
export interface ExporterChoice {
  readonly exporter?: string | SpanExporter | false;
  readonly exporters?: ExporterRegistry;
}

const DEFAULT_EXPORTER = 'directZipkin()';

/**
 * The exporters that the options, else `OTEL_TRACES_EXPORTER`, else the default ask for; an empty list for
 * none. Throws a DistraceError for an unknown name or a bad argument.
 */
export function chooseExporters(
  { exporter, exporters }: ExporterChoice,
  env: NodeJS.ProcessEnv,
): SpanExporter[] {
  if (exporter === false) return [];
  if (typeof exporter === 'object') return [exporter];
  const specs = exporter === undefined ? fromEnvironment(env) : [exporter];
  return specs.filter((spec) => spec !== 'none').map((spec) => createExporter(spec, exporters));
}

/** OpenTelemetry's comma-separated names for exporters, as specs of ours. */
function fromEnvironment(env: NodeJS.ProcessEnv): string[] {
  const names = (env['OTEL_TRACES_EXPORTER'] ?? '').split(',').map((name) => name.trim());
  const specs = names.filter((name) => name !== '');
  if (specs.length === 0) return [DEFAULT_EXPORTER];
  const zipkinUrl = env['OTEL_EXPORTER_ZIPKIN_ENDPOINT']?.trim() ?? '';
  return specs.map((name) => (name === 'zipkin' ? `directZipkin(${zipkinUrl})` : name));
}
