import * as api from '@opentelemetry/api';
import { DistraceError, startSdk } from '../core/index.js';
import type { SdkOptions } from '../core/index.js';
import { InMemorySpans } from './in-memory-spans.js';
import { spanWatcher } from './span-watcher.js';

const REGISTRIES = ['trace', 'context', 'propagation', 'metrics', 'logs', 'diag'];

/** How a harness traces: everything that `startSdk` takes; spans are kept in memory besides. */
export interface TracingHarnessOptions extends SdkOptions {
  /**
   * Whether what watches the spans of all harnesses (in this repository a linter for every test) sees those of this
   * one, too. False for a test that makes odd spans on purpose. Default true.
   */
  readonly lint?: boolean;
}

/** Tracing that runs for a test and keeps its spans. */
export interface TracingHarness extends AsyncDisposable {
  readonly spans: InMemorySpans;
  /** Stops tracing and takes everything it registered back, so that the next test can start afresh. */
  close(): Promise<void>;
}

/**
 * Starts OpenTelemetry's SDK for a test: spans are kept in memory, nothing is sent. Needs
 * `@opentelemetry/sdk-node`; one harness at a time.
 *
 * @example
 * await using tracing = createTracingHarness();
 * await orders.place(order);
 * expect(tracing.spans.named('Orders.place').attributes).toMatchObject({ 'order.id': '7' });
 */
export function createTracingHarness({
  lint = true,
  ...options
}: TracingHarnessOptions = {}): TracingHarness {
  const spans = new InMemorySpans();
  const watcher = lint ? spanWatcher() : undefined;
  const sdk = startSdk({
    serviceName: 'test',
    exporter: false,
    ...options,
    spanProcessors: [...(options.spanProcessors ?? []), spans, ...(watcher === undefined ? [] : [watcher])],
  });
  if (!sdk.started) {
    throw new DistraceError(
      'DT_ERR_HARNESS_NOT_STARTED',
      'A tracing harness needs @opentelemetry/sdk-node and a process without a tracer provider. Install it, and close the harness before.',
    );
  }
  const close = async (): Promise<void> => {
    await sdk.shutdown();
    // By name: the logs API is not in every version that this library runs with.
    for (const name of REGISTRIES)
      (api as unknown as Partial<Record<string, { disable?: () => void }>>)[name]?.disable?.();
  };
  return { spans, close, [Symbol.asyncDispose]: close };
}
