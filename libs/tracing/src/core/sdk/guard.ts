import type { ReadableSpan, Sampler, Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Context } from '@opentelemetry/api';
import { warnOnce } from '../warn-once.js';

/**
 * A processor whose errors end here. The SDK lets them through to whoever starts or ends a span, which is the
 * application.
 */
export function guardProcessor(processor: SpanProcessor): SpanProcessor {
  const guarded: SpanProcessor = {
    onStart: (span: Span, parent: Context) => quietly(() => processor.onStart(span, parent)),
    onEnd: (span: ReadableSpan) => quietly(() => processor.onEnd(span)),
    forceFlush: () => settled(() => processor.forceFlush()),
    shutdown: () => settled(() => processor.shutdown()),
  };
  if (processor.onEnding !== undefined) {
    guarded.onEnding = (span: Span) => quietly(() => processor.onEnding?.(span));
  }
  return guarded;
}

/** A sampler whose errors end here: the span it could not decide about is left out. */
export function guardSampler(sampler: Sampler): Sampler {
  return {
    shouldSample(...args) {
      try {
        return sampler.shouldSample(...args);
      } catch {
        warnOnce('a sampler threw; the spans it cannot decide about are not exported');
        return { decision: NOT_RECORD };
      }
    },
    toString: () => sampler.toString(),
  };
}

/** `SamplingDecision.NOT_RECORD` of the SDK, which is loaded only when it is started. */
const NOT_RECORD = 0;

function quietly(call: () => void): void {
  try {
    call();
  } catch {
    warnOnce('a span processor threw; the application goes on without it');
  }
}

async function settled(call: () => Promise<void>): Promise<void> {
  try {
    await call();
  } catch {
    warnOnce('a span processor failed to flush or shut down');
  }
}
