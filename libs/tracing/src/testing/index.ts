// Tracing for the time of a test.
export { createTracingHarness } from './tracing-harness.js';
export type { TracingHarness } from './tracing-harness.js';
export { InMemorySpans } from './in-memory-spans.js';

// What its spans look like.
export { expectTrace } from './expect-trace.js';
export type { TraceExpectation } from './expect-trace.js';
export { spanTree } from './span-tree.js';
