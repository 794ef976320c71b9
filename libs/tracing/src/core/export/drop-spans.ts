import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { warnOnce } from '../warn-once.js';
import type { SendOptions } from './span-exporter.js';

/** Tells of spans that cannot be sent. One who calls `send` himself and does not listen finds it in the log, once. */
export function dropSpans(
  spans: readonly ReadableSpan[],
  reason: string,
  { onDropped }: Pick<SendOptions, 'onDropped'>,
): void {
  if (onDropped === undefined) warnOnce('a span that cannot be written was left out');
  else onDropped(spans, reason);
}
