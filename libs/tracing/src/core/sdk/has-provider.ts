import { trace } from '@opentelemetry/api';

/** Whether the process has a tracer provider of its own, as opposed to the API's no-op. */
export function hasTracerProvider(): boolean {
  const provider = trace.getTracerProvider() as { getDelegate?: () => object };
  // The API hands out a proxy; what it delegates to before any registration is its no-op provider.
  const delegate = provider.getDelegate?.() ?? provider;
  return delegate.constructor.name !== 'NoopTracerProvider';
}
