import type { SpanProcessor } from '@opentelemetry/sdk-trace';

/**
 * Where a suite that wants to see the spans of all its harnesses puts a processor, before any harness is made. A slot of
 * the process, not of this module: there may be two copies of the library, from source and built.
 */
const SLOT = Symbol.for('distrace.testing.span-watcher');

interface Slot {
  readonly [SLOT]?: SpanProcessor;
}

/** Who watches the spans of every harness of this process, if anybody. */
export function spanWatcher(): SpanProcessor | undefined {
  return (globalThis as Slot)[SLOT];
}
