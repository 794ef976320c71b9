import { isMainThread, parentPort } from 'node:worker_threads';
import { context, propagation, trace } from '@opentelemetry/api';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import { choosePropagation, DEFAULT_FORMATS } from '../carry/propagation-format.js';
import type { PropagationFormat } from '../carry/propagation-format.js';
import { createIdGenerator } from '../ids/id-generator.js';
import { createPropagator } from '../sdk/create-propagator.js';
import { isSdkDisabled } from '../sdk/environment.js';
import { guardProcessor } from '../sdk/guard.js';
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
  /** As in the main thread; default `OTEL_PROPAGATORS`, else W3C. */
  readonly propagation?: readonly PropagationFormat[];
  /** Whether the spans below an unsampled one are sent, too, for processors to see, as in the main thread; default false. */
  readonly recordUnsampled?: boolean;
  /** The name the process goes by, for spans that the main thread gets before it has one of its own. */
  readonly serviceName?: string;
  /** Processors of yours, called before the spans are sent. */
  readonly spanProcessors?: readonly SpanProcessor[];
}

/**
 * Call at the top of a worker's module: spans of this thread then go to the thread that called
 * `receiveThreadSpans`, which exports them with its own. Does nothing in the main thread, when the thread
 * has a tracer provider already, or without the SDK. Whether a span is sampled was decided by its parent.
 */
export function connectThreadTracing({
  port = parentPort,
  stackTraces = false,
  propagation: formats,
  recordUnsampled = false,
  serviceName,
  spanProcessors = [],
}: ConnectThreadTracingOptions = {}): void {
  if (isMainThread || port === null) return;
  if (hasTracerProvider() || isSdkDisabled(process.env)) return;
  // The packages themselves, not the NodeSDK: loading that costs 300 ms in every thread.
  const sdk = findSdkPackage('@opentelemetry/sdk-trace');
  const hooks = findSdkPackage('@opentelemetry/context-async-hooks');
  if (sdk === undefined || hooks === undefined) return;
  context.setGlobalContextManager(new hooks.AsyncLocalStorageContextManager().enable());
  const propagator = createPropagator(choosePropagation(formats, process.env) ?? DEFAULT_FORMATS);
  if (propagator !== null) propagation.setGlobalPropagator(propagator);
  const byParent = new sdk.ParentBasedSampler({ root: new sdk.AlwaysOnSampler() });
  const resources = serviceName === undefined ? undefined : findSdkPackage('@opentelemetry/resources');
  trace.setGlobalTracerProvider(
    new sdk.TracerProvider({
      idGenerator: createIdGenerator(),
      ...(resources === undefined
        ? {}
        : {
            resource: resources
              .defaultResource()
              .merge(resources.resourceFromAttributes({ 'service.name': serviceName })),
          }),
      ...(recordUnsampled ? { sampler: sdk.createAlwaysRecordSampler(byParent) } : {}),
      spanProcessors: [
        ...(stackTraces ? [new StackTraceProcessor()] : []),
        ...spanProcessors.map(guardProcessor),
        new ThreadSpanProcessor(port),
      ],
    }),
  );
}
