export { InMemorySpans } from './in-memory-spans.js';
export { createTracingHarness } from './tracing-harness.js';
export type { TracingHarness } from './tracing-harness.js';
