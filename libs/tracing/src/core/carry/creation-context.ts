import { propagation } from '@opentelemetry/api';
import type { HeaderTable } from './headers.js';

/** Headers of a propagator that name no trace. */
const COMPANIONS: ReadonlySet<string> = new Set(['baggage', 'tracestate']);

/**
 * Whether a header table holds a trace context already, in the format (and any case) of the registered propagator:
 * then it is its author's, and nobody writes another over it.
 */
export function hasCreationContext(headers: HeaderTable): boolean {
  const names = Object.keys(headers);
  if (names.length === 0) return false;
  const fields = propagation.fields();
  return names.some((name) => {
    const lower = name.toLowerCase();
    if (COMPANIONS.has(lower) || headers[name] == null) return false;
    return fields.some((field) => field.toLowerCase() === lower);
  });
}
