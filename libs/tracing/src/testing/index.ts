// Tracing for the time of a test.
export { createTracingHarness } from './tracing-harness.js';
export type { TracingHarness, TracingHarnessOptions } from './tracing-harness.js';
export { InMemorySpans } from './in-memory-spans.js';

// What its spans look like.
export { expectTrace } from './expect-trace.js';
export type { TraceExpectation } from './expect-trace.js';
export { spanTree } from './span-tree.js';

// Whether they are as OpenTelemetry's conventions want them.
export { lintSpans } from './lint/lint-spans.js';
export type { LintedSpan, LintRule, Violation } from './lint/rule.js';
