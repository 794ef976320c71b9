import { isMainThread, parentPort } from 'node:worker_threads';
import { context, propagation, trace } from '@opentelemetry/api';
import { createIdGenerator } from '../ids/id-generator.js';
import { isSdkDisabled } from '../sdk/environment.js';
import { hasTracerProvider } from '../sdk/has-provider.js';
import { findSdkPackage } from '../sdk/sdk-packages.js';
import { StackTraceProcessor } from '../sdk/stack-trace-processor.js';
import type { ThreadLike } from './thread-context.js';
import { ThreadSpanProcessor } from './thread-span-processor.js';

/** How a worker thread traces. */
export interface ConnectThreadTracingOptions {
  /** Where its spans go; default the worker's parent port. */
  readonly port?: ThreadLike | null;
  /** Tags with the stack at opening and closing of each span, as in the main thread; default false. */
  readonly stackTraces?: boolean;
}

/**
 * Call at the top of a worker's module: spans of this thread then go to the thread that called
 * `receiveThreadSpans`, which exports them with its own. Does nothing in the main thread, when the thread
 * has a tracer provider already, or without the SDK. Whether a span is sampled was decided by its parent.
 */
export function connectThreadTracing({
  port = parentPort,
  stackTraces = false,
}: ConnectThreadTracingOptions = {}): void {
  if (isMainThread || port === null) return;
  if (hasTracerProvider() || isSdkDisabled(process.env)) return;
  // The packages themselves, not the NodeSDK: loading that costs 300 ms in every thread.
  const sdk = findSdkPackage('@opentelemetry/sdk-trace');
  const core = findSdkPackage('@opentelemetry/core');
  const hooks = findSdkPackage('@opentelemetry/context-async-hooks');
  if (sdk === undefined || core === undefined || hooks === undefined) return;
  context.setGlobalContextManager(new hooks.AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(
    new core.CompositePropagator({
      propagators: [new core.W3CTraceContextPropagator(), new core.W3CBaggagePropagator()],
    }),
  );
  trace.setGlobalTracerProvider(
    new sdk.TracerProvider({
      idGenerator: createIdGenerator(),
      spanProcessors: [...(stackTraces ? [new StackTraceProcessor()] : []), new ThreadSpanProcessor(port)],
    }),
  );
}
