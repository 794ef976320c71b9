import * as api from '@opentelemetry/api';
import { createTracing, SpanExporter } from '@distrace/tracing';
import type { Tracing, TracingOptions } from '@distrace/tracing';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { vi } from 'vitest';

const REGISTRIES = ['trace', 'context', 'propagation', 'metrics', 'logs', 'diag'];

/** Tracing as an application starts it, and takes it back at the end, so that the next test can start afresh. */
export function startOwnTracing(options: TracingOptions): Tracing & AsyncDisposable {
  // What is said of lost spans is expected here.
  vi.stubEnv('OTEL_LOG_LEVEL', 'none');
  const tracing = createTracing({ serviceName: 'own', ...options });
  vi.unstubAllEnvs();
  return {
    ...tracing,
    async [Symbol.asyncDispose]() {
      await tracing.shutdownTracing();
      for (const name of REGISTRIES) {
        (api as unknown as Partial<Record<string, { disable?: () => void }>>)[name]?.disable?.();
      }
    },
  };
}

/** Keeps what it is given to send, and how often it was shut down. */
export class KeepingExporter extends SpanExporter {
  readonly sent: ReadableSpan[] = [];
  shutdowns = 0;

  override send(spans: readonly ReadableSpan[]): Promise<void> {
    this.sent.push(...spans);
    return Promise.resolve();
  }

  override async shutdown(): Promise<void> {
    this.shutdowns += 1;
    await super.shutdown();
  }
}
