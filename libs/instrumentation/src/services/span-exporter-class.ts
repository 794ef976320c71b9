import { SpanExporter } from '@distrace/tracing/core';

/**
 * Whether a value is a class that extends `SpanExporter`, of this copy of the tracing library or, by the name in the
 * chain, of the extension's own.
 */
export function isSpanExporterClass(value: unknown): boolean {
  if (typeof value !== 'function') return false;
  for (
    let at = Object.getPrototypeOf(value) as unknown;
    typeof at === 'function';
    at = Object.getPrototypeOf(at)
  ) {
    if (at === SpanExporter) return true;
    const { prototype } = at as { prototype?: { readonly export?: unknown } };
    if (at.name === 'SpanExporter' && typeof prototype?.export === 'function') return true;
  }
  return false;
}
