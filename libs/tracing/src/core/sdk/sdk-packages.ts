import { createRequire } from 'node:module';
import type { Attributes, ContextManager, TextMapPropagator } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

const requireHere = createRequire(import.meta.url);

type Resource = ReadableSpan['resource'];

/** What we use of the SDK's packages, by name. */
interface SdkPackages {
  readonly '@opentelemetry/sdk-node': typeof import('@opentelemetry/sdk-node');
  readonly '@opentelemetry/sdk-trace': typeof import('@opentelemetry/sdk-trace');
  readonly '@opentelemetry/resources': {
    defaultResource(): Resource;
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
}

/**
 * A package of the OpenTelemetry SDK as `@opentelemetry/sdk-node` sees it, or undefined when the app has no
 * sdk-node. Found from there because that is the one optional peer an app installs: a strict package manager
 * shows us nothing else of the SDK, and a second copy would be a second SDK. Loaded synchronously, so that
 * tracing runs before the next line of the app does.
 */
export function findSdkPackage<K extends keyof SdkPackages>(name: K): SdkPackages[K] | undefined {
  try {
    const sdkNode = requireHere.resolve('@opentelemetry/sdk-node');
    return createRequire(sdkNode)(name) as SdkPackages[K];
  } catch {
    return undefined;
  }
}
