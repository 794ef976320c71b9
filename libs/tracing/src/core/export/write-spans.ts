import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { errorMessage } from '../record-error.js';
import { dropSpans } from './drop-spans.js';
import type { SendOptions } from './span-exporter.js';

/** What `write` makes of each span. A span that it throws for is dropped alone, and so is told. */
export function writeSpans<T>(
  spans: readonly ReadableSpan[],
  write: (span: ReadableSpan) => T,
  options: Pick<SendOptions, 'onDropped'>,
): T[] {
  return spans.flatMap((span) => {
    const written = writeSpan(span, write, options);
    return written === undefined ? [] : [written];
  });
}

/** What `write` makes of a span; undefined if it threw. */
export function writeSpan<T>(
  span: ReadableSpan,
  write: (span: ReadableSpan) => T,
  options: Pick<SendOptions, 'onDropped'>,
): T | undefined {
  try {
    return write(span);
  } catch (error) {
    dropSpans([span], `it cannot be written: ${errorMessage(error)}`, options);
    return undefined;
  }
}
