import type { SpanProcessor } from '@opentelemetry/sdk-trace';

/** Sets the same attributes on every span. */
export function attributeProcessor(
  attributes: Readonly<Record<string, string | number | boolean>>,
): SpanProcessor {
  const set = { ...attributes };
  return {
    onStart: (span) => void span.setAttributes(set),
    onEnd: () => undefined,
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}
