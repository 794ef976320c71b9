import { trace } from '@opentelemetry/api';
import type { TracerProvider } from '@opentelemetry/api';
import type { Sampler, SpanProcessor } from '@opentelemetry/sdk-trace';
import { choosePropagation } from '../carry/propagation-format.js';
import type { PropagationFormat } from '../carry/propagation-format.js';
import { endpointAttributes } from '../endpoint.js';
import type { Endpoint } from '../endpoint.js';
import { ExportProcessor } from '../export/index.js';
import type { ExporterRegistry, ExportProcessorOptions, SpanExporter } from '../export/index.js';
import { createIdGenerator } from '../ids/id-generator.js';
import type { TraceIdLayout } from '../ids/id-generator.js';
import { activeChain, setActiveChain } from './active-chain.js';
import { chooseExporters } from './choose-exporter.js';
import { chooseSampler } from './choose-sampler.js';
import { createPropagator } from './create-propagator.js';
import { batchSettings, defaultLimits, isSdkDisabled } from './environment.js';
import { guardProcessor } from './guard.js';
import { hasTracerProvider } from './has-provider.js';
import { lightSdk } from './light-sdk.js';
import { ResourceCapture } from './resource-capture.js';
import { findSdkPackage } from './sdk-packages.js';
import { showWarnings } from './show-warnings.js';
import { StackTraceProcessor } from './stack-trace-processor.js';
import { warn } from '../warn-once.js';

/**
 * How tracing runs in this process. Batching, retries and the queue of the exporter are set here as well; their
 * defaults are those of `OTEL_BSP_*` where these are set.
 */
export interface SdkOptions extends Omit<ExportProcessorOptions, 'clock' | 'random'> {
  /** The name the process goes by; default `OTEL_SERVICE_NAME`, else OpenTelemetry's `unknown_service`. */
  readonly serviceName?: string;
  /** Where the process is reached; shown on its spans. */
  readonly endpoint?: Omit<Endpoint, 'serviceName'>;
  /**
   * Where spans go: `directZipkin(url)`, `disk(path)`, `otlp(url)`, `console()`, a registered name, an
   * exporter, or false for none. Default: `OTEL_TRACES_EXPORTER`, else Zipkin on this machine.
   */
  readonly exporter?: string | SpanExporter | false;
  /** Names for the string form besides the built-in ones. */
  readonly exporters?: ExporterRegistry;
  /** Processors of yours, called before the exporter's. */
  readonly spanProcessors?: readonly SpanProcessor[];
  /** Default: `OTEL_TRACES_SAMPLER`, else every trace. */
  readonly sampler?: Sampler;
  /**
   * Whether processors see the spans that the sampler leaves out, too: zPages then show every span while the exporter
   * gets 1 %. Each span then costs what a sampled one does, but for its export. Default false.
   */
  readonly recordUnsampled?: boolean;
  /**
   * How trace context is written into headers and read from them; one of `b3` and `b3multi` reads both forms of B3,
   * where no W3C header holds a trace. An empty list writes and reads none. Default: `OTEL_PROPAGATORS`, else
   * `['tracecontext', 'baggage']`. Without effect when the app has a tracer provider of its own.
   */
  readonly propagation?: readonly PropagationFormat[];
  /** Layout of trace ids; default `random`. */
  readonly traceIds?: TraceIdLayout;
  /** Tags with the stack at opening and closing of each span; default false. */
  readonly stackTraces?: boolean;
}

/** Tracing as it runs in this process. All methods are safe to call any number of times. */
export interface RunningSdk {
  /** Whether Distrace started an SDK; false when the app has its own provider, or none can be had. */
  readonly started: boolean;
  /** Sends what is waiting; never rejects. */
  forceFlush(): Promise<void>;
  /** Sends what is waiting and stops; never rejects. */
  shutdown(): Promise<void>;
  /** For a process that ends at once: sends what is waiting and blocks, for at most so many milliseconds; never throws. */
  flushSync(timeoutMs: number): void;
}

const NOT_STARTED: RunningSdk = {
  started: false,
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
  flushSync: () => undefined,
};

/**
 * Starts OpenTelemetry's NodeSDK unless the app has a tracer provider of its own or no
 * `@opentelemetry/sdk-node` is installed, or `OTEL_SDK_DISABLED=true`: then nothing happens and nothing is
 * logged. The SDK's `OTEL_*` variables work; an option beats its variable. An unknown exporter or propagation, or a
 * bad argument, is a {@link DistraceError}.
 */
export function startSdk(options: SdkOptions, env: NodeJS.ProcessEnv = process.env): RunningSdk {
  const exporters = chooseExporters(options, env);
  const formats = choosePropagation(options.propagation, env);
  if (hasTracerProvider() || isSdkDisabled(env)) return NOT_STARTED;
  const Sdk = findSdkPackage('@opentelemetry/sdk-node')?.NodeSDK ?? lightSdk(env);
  const resources = findSdkPackage('@opentelemetry/resources');
  if (Sdk === undefined || resources === undefined) return NOT_STARTED;

  const propagator = formats === undefined ? undefined : createPropagator(formats);
  showWarnings(env);
  const sampler = chooseSampler(options, env);
  const capture = new ResourceCapture();
  const exports = exporters.map(
    (exporter) => new ExportProcessor(exporter, { ...batchSettings(env), ...given(options) }),
  );
  const processors: SpanProcessor[] = [
    capture,
    ...(options.stackTraces === true ? [new StackTraceProcessor()] : []),
    ...(options.spanProcessors ?? []).map(guardProcessor),
    ...exports,
  ];
  const sdk = new Sdk({
    serviceName: options.serviceName,
    resource: resources
      .defaultResource()
      .merge(resources.resourceFromAttributes(endpointAttributes(options.endpoint ?? {}))),
    spanLimits: defaultLimits(env),
    idGenerator: createIdGenerator({ layout: options.traceIds }),
    spanProcessors: processors,
    ...(propagator === undefined ? {} : { textMapPropagator: propagator }),
    ...(sampler === undefined ? {} : { sampler }),
    // The NodeSDK sends logs and metrics to a collector on this machine unless told otherwise; a tracing
    // library that starts it must not.
    ...(env['OTEL_LOGS_EXPORTER'] === undefined ? { logRecordProcessors: [] } : {}),
    ...(env['OTEL_METRICS_EXPORTER'] === undefined ? { metricReaders: [] } : {}),
  });
  const early = trace.getTracerProvider();
  sdk.start();
  adoptEarlyTracers(early);
  const chain = { processors, resource: () => capture.resource };
  setActiveChain(chain);

  let stopped: Promise<void> | undefined;
  return {
    started: true,
    forceFlush: () => settle(Promise.all(processors.map((processor) => processor.forceFlush()))),
    flushSync: (timeoutMs) => {
      const deadlineMs = performance.now() + timeoutMs;
      for (const one of exports) one.flushSync(deadlineMs - performance.now());
    },
    shutdown: () =>
      (stopped ??= settle(sdk.shutdown()).finally(() => {
        // Another copy of this library may have started its own since.
        if (activeChain() === chain) setActiveChain(undefined);
      })),
  };
}

/** Options that were set to undefined leave the environment its say. */
function given(options: SdkOptions): ExportProcessorOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/**
 * Tracers that were asked for before the SDK ran wait behind the API's proxy. The SDK comes from `require`
 * and registers with the CommonJS copy of the API; the proxy of an ES module's copy must be told.
 */
function adoptEarlyTracers(
  early: TracerProvider & { setDelegate?: (delegate: TracerProvider) => void },
): void {
  const registered = trace.getTracerProvider();
  if (registered !== early) early.setDelegate?.(registered);
}

/** Waits for work whose failure has been counted and reported where it happened. */
function settle(work: Promise<unknown>): Promise<void> {
  return work.then(
    () => undefined,
    (error: unknown) => warn('flushing spans failed', error),
  );
}
