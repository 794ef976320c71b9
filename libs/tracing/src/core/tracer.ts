import { trace } from '@opentelemetry/api';
import type { Tracer, TracerProvider } from '@opentelemetry/api';
import { LIBRARY_NAME, LIBRARY_VERSION } from './version.js';

/** The semantic conventions the spans of this library follow. */
export const SCHEMA_URL = 'https://opentelemetry.io/schemas/1.44.0';

let provider: TracerProvider | undefined;
let tracer: Tracer | undefined;

/**
 * The tracer all spans of this library come from. Kept per provider: the SDK builds a text key for each
 * look-up, which costs as much as a tenth of a span.
 */
export function getTracer(): Tracer {
  const current = currentProvider();
  if (tracer === undefined || current !== provider) {
    provider = current;
    tracer = current.getTracer(LIBRARY_NAME, LIBRARY_VERSION, { schemaUrl: SCHEMA_URL });
  }
  return tracer;
}

/** Behind the API's proxy, which stays the same when the provider changes. */
function currentProvider(): TracerProvider {
  const global = trace.getTracerProvider() as TracerProvider & { getDelegate?: () => TracerProvider };
  return global.getDelegate?.() ?? global;
}
