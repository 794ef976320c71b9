import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServiceEntry } from '../services/index.js';

const CREATE_BUNDLE = fileURLToPath(
  new URL(`./in-process/create-bundle${extname(import.meta.url)}`, import.meta.url),
);

/** What the bundle holds of the SDK, by package: each name stands for itself, so that the rest is shaken out. */
const SDK: Readonly<Record<string, readonly string[]>> = {
  '@opentelemetry/sdk-trace': [
    'AlwaysOffSampler',
    'AlwaysOnSampler',
    'createAlwaysRecordSampler',
    'ParentBasedSampler',
    'TraceIdRatioBasedSampler',
    'TracerProvider',
  ],
  '@opentelemetry/resources': ['defaultResource', 'detectResources', 'envDetector', 'resourceFromAttributes'],
  '@opentelemetry/core': ['CompositePropagator', 'W3CTraceContextPropagator', 'W3CBaggagePropagator'],
  '@opentelemetry/propagator-b3': ['B3Propagator'],
  '@opentelemetry/context-async-hooks': ['AsyncLocalStorageContextManager'],
  '@opentelemetry/exporter-trace-otlp-http': ['OTLPTraceExporter'],
};

/** The text of the bundle's first module, which brings everything together. */
export function entryText(services: readonly ServiceEntry[]): string {
  const lines = [`import { createBundle } from ${JSON.stringify(CREATE_BUNDLE)};`];
  const sdk = Object.entries(SDK).map(([name, exports]) => {
    lines.push(`import { ${exports.join(', ')} } from ${JSON.stringify(name)};`);
    return `${JSON.stringify(name)}: { ${exports.join(', ')} }`;
  });
  const named = services.map(({ file, exportName, kind }, index) => {
    const local = `service${index}`;
    lines.push(`import { ${exportName} as ${local} } from ${JSON.stringify(file)};`);
    return { kind, exportName, local };
  });
  const interceptors = named.filter(({ kind }) => kind === 'Interceptor').map(({ local }) => local);
  const exporters = named
    .filter(({ kind }) => kind === 'SpanExporter')
    .map(({ exportName, local }) => {
      const name = exportName === 'default' ? `${local}.name` : JSON.stringify(exportName);
      return `[${name}]: ${local}`;
    });
  lines.push(
    'export const { v, interceptors, start } = createBundle({',
    `  interceptors: [${interceptors.join(', ')}],`,
    `  exporters: { ${exporters.join(', ')} },`,
    `  sdk: { ${sdk.join(', ')} },`,
    '});',
  );
  return lines.join('\n');
}
