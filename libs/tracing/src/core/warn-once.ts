import { diag } from '@opentelemetry/api';

const warned = new Set<string>();

/** Says something once per process through OpenTelemetry's `diag`. Never throws, whatever logger is set there. */
export function warnOnce(message: string): void {
  if (warned.has(message)) return;
  // Messages are constants of this library: the set cannot grow with traffic.
  warned.add(message);
  warn(message);
}

/** Says something through OpenTelemetry's `diag`. Never throws. */
export function warn(message: string, ...details: unknown[]): void {
  try {
    diag.warn(`distrace: ${message}`, ...details);
  } catch {
    // The application's logger failed; there is nobody else to tell.
  }
}
