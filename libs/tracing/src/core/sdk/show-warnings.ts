import { diag, DiagLogLevel } from '@opentelemetry/api';

/** Where all copies of OpenTelemetry's API keep what is registered with them. */
const API_GLOBAL = Symbol.for('opentelemetry.js.api.1');

/**
 * Lets OpenTelemetry's warnings (lost spans, above all) reach the console, where nobody decided otherwise:
 * `OTEL_LOG_LEVEL` and a logger that the application has set stay in force. Without either, losses would be
 * said to nobody.
 */
export function showWarnings(env: NodeJS.ProcessEnv): void {
  const registered = (globalThis as { [API_GLOBAL]?: { readonly diag?: unknown } })[API_GLOBAL];
  if (env['OTEL_LOG_LEVEL'] !== undefined || registered?.diag !== undefined) return;
  diag.setLogger(
    {
      error: console.error,
      warn: console.warn,
      info: console.info,
      debug: console.debug,
      verbose: console.debug,
    },
    DiagLogLevel.WARN,
  );
}
