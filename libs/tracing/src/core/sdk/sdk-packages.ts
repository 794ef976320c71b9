import { createRequire } from 'node:module';
import type { Attributes, ContextManager, TextMapPropagator } from '@opentelemetry/api';
import type { ReadableSpan, SpanExporter as OtelSpanExporter } from '@opentelemetry/sdk-trace';

type Resource = ReadableSpan['resource'];

/** What we use of the SDK's packages, by name. */
export interface SdkPackages {
  readonly '@opentelemetry/sdk-node': Pick<typeof import('@opentelemetry/sdk-node'), 'NodeSDK'>;
  readonly '@opentelemetry/sdk-trace': Pick<
    typeof import('@opentelemetry/sdk-trace'),
    | 'AlwaysOffSampler'
    | 'AlwaysOnSampler'
    | 'createAlwaysRecordSampler'
    | 'ParentBasedSampler'
    | 'TraceIdRatioBasedSampler'
    | 'TracerProvider'
  >;
  readonly '@opentelemetry/resources': {
    defaultResource(): Resource;
    detectResources(config: { detectors: readonly unknown[] }): Resource;
    readonly envDetector: unknown;
    resourceFromAttributes(attributes: Attributes): Resource;
  };
  readonly '@opentelemetry/core': {
    CompositePropagator: new (config: { propagators: TextMapPropagator[] }) => TextMapPropagator;
    W3CTraceContextPropagator: new () => TextMapPropagator;
    W3CBaggagePropagator: new () => TextMapPropagator;
  };
  readonly '@opentelemetry/propagator-b3': {
    B3Propagator: new (config?: { injectEncoding?: number }) => TextMapPropagator;
  };
  readonly '@opentelemetry/context-async-hooks': {
    AsyncLocalStorageContextManager: new () => ContextManager;
  };
  readonly '@opentelemetry/exporter-trace-otlp-http': {
    OTLPTraceExporter: new (config: {
      url?: string;
      headers?: Readonly<Record<string, string>>;
    }) => OtelSpanExporter;
  };
}

let provided: Partial<SdkPackages> | undefined;

/**
 * Gives this library the SDK's packages instead of letting it find them: for bundles, which hold them. What is not
 * among them is taken for not installed; without `@opentelemetry/sdk-node` tracing starts on the others.
 */
export function provideSdkPackages(packages: Partial<SdkPackages> | undefined): void {
  provided = packages;
}

/** What {@link provideSdkPackages} was given; undefined when packages are to be found. */
export function providedSdkPackages(): Partial<SdkPackages> | undefined {
  return provided;
}

/**
 * A package of the OpenTelemetry SDK as `@opentelemetry/sdk-node` sees it, or undefined when the app has no
 * sdk-node. Found from there because that is the one optional peer an app installs: a strict package manager
 * shows us nothing else of the SDK, and a second copy would be a second SDK. Loaded synchronously, so that
 * tracing runs before the next line of the app does.
 */
export function findSdkPackage<K extends keyof SdkPackages>(name: K): SdkPackages[K] | undefined {
  if (provided !== undefined) return provided[name];
  try {
    const requireHere = createRequire(import.meta.url);
    const sdkNode = requireHere.resolve('@opentelemetry/sdk-node');
    return createRequire(sdkNode)(name) as SdkPackages[K];
  } catch {
    return undefined;
  }
}
