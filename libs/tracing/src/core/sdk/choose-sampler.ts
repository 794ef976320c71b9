import { diag } from '@opentelemetry/api';
import type { Sampler } from '@opentelemetry/sdk-trace';
import { guardSampler } from './guard.js';
import { findSdkPackage } from './sdk-packages.js';
import type { SdkPackages } from './sdk-packages.js';

/** What decides which spans are exported. */
export interface SamplerOptions {
  readonly sampler?: Sampler | undefined;
  readonly recordUnsampled?: boolean | undefined;
}

type SdkTrace = SdkPackages['@opentelemetry/sdk-trace'];

/** The sampler to start the SDK with; undefined leaves the choice to it. */
export function chooseSampler(
  { sampler, recordUnsampled = false }: SamplerOptions,
  env: NodeJS.ProcessEnv,
): Sampler | undefined {
  const chosen = sampler === undefined ? undefined : guardSampler(sampler);
  const sdk = recordUnsampled ? findSdkPackage('@opentelemetry/sdk-trace') : undefined;
  if (sdk === undefined) return chosen;
  return sdk.createAlwaysRecordSampler(chosen ?? samplerOf(env, sdk));
}

/**
 * The sampler that the NodeSDK would make of `OTEL_TRACES_SAMPLER`: it shows nobody its own, so the few lines stand here
 * once more, with the same complaints. A test holds both together.
 */
export function samplerOf(env: NodeJS.ProcessEnv, sdk: SdkTrace): Sampler {
  const name = env['OTEL_TRACES_SAMPLER'];
  const parentBased = (root: Sampler): Sampler => new sdk.ParentBasedSampler({ root });
  switch (name) {
    case 'always_on':
      return new sdk.AlwaysOnSampler();
    case 'always_off':
      return new sdk.AlwaysOffSampler();
    case 'traceidratio':
      return new sdk.TraceIdRatioBasedSampler(ratioOf(env));
    case 'parentbased_traceidratio':
      return parentBased(new sdk.TraceIdRatioBasedSampler(ratioOf(env)));
    case 'parentbased_always_off':
      return parentBased(new sdk.AlwaysOffSampler());
    default:
      if (name !== undefined && name.trim() !== '' && name !== 'parentbased_always_on') {
        diag.error(`unknown OTEL_TRACES_SAMPLER value "${name}", using default`);
      }
      return parentBased(new sdk.AlwaysOnSampler());
  }
}

function ratioOf(env: NodeJS.ProcessEnv): number {
  const text = env['OTEL_TRACES_SAMPLER_ARG']?.trim() ?? '';
  const ratio = text === '' ? Number.NaN : Number(text);
  if (ratio >= 0 && ratio <= 1) return ratio;
  diag.error(`OTEL_TRACES_SAMPLER_ARG is a number from 0 to 1, got "${text}", using 1`);
  return 1;
}
