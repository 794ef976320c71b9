import { diag } from '@opentelemetry/api';

const warned = new Set<string>();

/** Says something once per process through OpenTelemetry's `diag`, which is silent until a logger is set. */
export function warnOnce(message: string): void {
  if (warned.has(message)) return;
  // Messages are constants of this library: the set cannot grow with traffic.
  warned.add(message);
  diag.warn(`distrace: ${message}`);
}
