import { context, propagation, trace } from '@opentelemetry/api';
import { choosePropagation, DEFAULT_FORMATS } from '../carry/propagation-format.js';
import { samplerOf } from './choose-sampler.js';
import { createPropagator } from './create-propagator.js';
import { findSdkPackage } from './sdk-packages.js';
import type { SdkPackages } from './sdk-packages.js';

type Sdk = SdkPackages['@opentelemetry/sdk-node']['NodeSDK'];
type SdkConfig = NonNullable<ConstructorParameters<Sdk>[0]>;

/**
 * What we need of the NodeSDK, made of the packages below it, for bundles: the NodeSDK brings metrics, logs and gRPC
 * along, 2 MB and 200 ms. Undefined where these packages are missing. Of the environment it reads
 * `OTEL_TRACES_SAMPLER`, `OTEL_PROPAGATORS`, `OTEL_RESOURCE_ATTRIBUTES` and `OTEL_SERVICE_NAME`.
 */
export function lightSdk(env: NodeJS.ProcessEnv): Sdk | undefined {
  const sdk = findSdkPackage('@opentelemetry/sdk-trace');
  const resources = findSdkPackage('@opentelemetry/resources');
  const hooks = findSdkPackage('@opentelemetry/context-async-hooks');
  if (sdk === undefined || resources === undefined || hooks === undefined) return undefined;

  class LightSdk {
    readonly #config: SdkConfig;
    #provider: InstanceType<NonNullable<typeof sdk>['TracerProvider']> | undefined;

    constructor(config: SdkConfig) {
      this.#config = config;
    }

    start(): void {
      const { resource, serviceName, spanLimits, idGenerator, spanProcessors, sampler } = this.#config;
      const { detectResources, envDetector, resourceFromAttributes } = resources!;
      const named = serviceName === undefined ? {} : { 'service.name': serviceName };
      this.#provider = new sdk!.TracerProvider({
        resource: resource!
          .merge(detectResources({ detectors: [envDetector] }))
          .merge(resourceFromAttributes(named)),
        spanLimits,
        idGenerator,
        spanProcessors,
        sampler: sampler ?? samplerOf(env, sdk!),
      });
      context.setGlobalContextManager(new hooks!.AsyncLocalStorageContextManager().enable());
      const { textMapPropagator: given } = this.#config;
      const isNone = env['OTEL_PROPAGATORS']?.trim() === 'none';
      const formats = isNone ? [] : (choosePropagation(undefined, env) ?? DEFAULT_FORMATS);
      const propagator = given === undefined ? createPropagator(formats) : given;
      if (propagator !== null) propagation.setGlobalPropagator(propagator);
      trace.setGlobalTracerProvider(this.#provider);
    }

    async shutdown(): Promise<void> {
      await this.#provider?.shutdown();
    }
  }
  return LightSdk as unknown as Sdk;
}
