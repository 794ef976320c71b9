import type { Sampler } from '@opentelemetry/sdk-trace';

/** OpenTelemetry's SamplingDecision; its enum is a value of the SDK, which is an optional peer. */
const NOT_RECORD = 0;
const RECORD = 1;

/**
 * A sampler that decides as the given one does about export, but records every span, so that zPages sees all of
 * them while an exporter gets 1 %. Batch and simple processors leave recorded spans of unsampled traces alone.
 *
 * The SDK has the same as `createAlwaysRecordSampler`; this one needs no SDK, and counts a sampler that throws as
 * one that says no.
 *
 * @example
 * new TracerProvider({
 *   sampler: alwaysRecord(new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(0.01) })),
 *   spanProcessors: [zpages.processor, new BatchSpanProcessor({ exporter })],
 * });
 */
export function alwaysRecord(sampler: Sampler): Sampler {
  return {
    shouldSample(...about) {
      try {
        const result = sampler.shouldSample(...about);
        return result.decision === NOT_RECORD ? { ...result, decision: RECORD } : result;
      } catch {
        return { decision: RECORD };
      }
    },
    toString: () => `AlwaysRecord{${String(sampler)}}`,
  };
}
