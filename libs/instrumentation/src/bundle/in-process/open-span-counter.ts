import type { SpanProcessor } from '@opentelemetry/sdk-trace';

/** Counts the spans that have started and not ended yet. */
export function openSpanCounter(): { readonly processor: SpanProcessor; readonly count: () => number } {
  let open = 0;
  return {
    count: () => open,
    processor: {
      onStart: () => void (open += 1),
      onEnd: () => void (open -= 1),
      forceFlush: () => Promise.resolve(),
      shutdown: () => Promise.resolve(),
    },
  };
}
