// The span model: Zipkin's v2, normalised.
export type { Annotation, Endpoint, Kind, Span } from './span.js';

// Reading spans, from Zipkin's v1 and v2 and from OTLP/JSON.
export { decodeSpans } from './decode/decode.js';
export type { DecodeOptions } from './decode/decode.js';
export { decodeStoredSpans } from './decode/decode-stored.js';
export type { StoredSpans } from './decode/decode-stored.js';
export { detectFormat, detectListFormat } from './decode/detect.js';
export type { SpanFormat } from './decode/detect.js';
export { ZipkinError } from './zipkin-error.js';
export type { ZipkinErrorCode } from './zipkin-error.js';

// Writing spans as text.
export { encodeV1 } from './encode-v1.js';
export { encodeEndpointV2, encodeSpanV2, encodeTextV2, encodeV2 } from './encode-v2.js';

// From a heap of spans to a trace.
export { groupTraces } from './trace/group-traces.js';
export { mergeSpans } from './trace/merge.js';
export { buildTraceTree, walkTraceTree } from './trace/tree.js';
export type { TraceNode, TraceRows, TraceTree } from './trace/tree.js';

// What a trace says.
export { criticalPath } from './trace/critical-path.js';
export type { CriticalPathOptions, CriticalSegment } from './trace/critical-path.js';
export { linkDependencies } from './trace/links.js';
export type { DependencyLink } from './trace/links.js';
export { momentsOf } from './trace/moments.js';
export type { Moment } from './trace/moments.js';
export { factsOf, hasError, isOpen } from './trace/row-facts.js';
export type { RowFacts } from './trace/row-facts.js';
export { groupSiblings } from './trace/siblings.js';
export type { SiblingGroup } from './trace/siblings.js';
export { correctClockSkew } from './trace/skew.js';
export type { CorrectedTrace } from './trace/skew.js';
export { summarise } from './trace/summary.js';
export type { TraceSummary } from './trace/summary.js';

// A trace for people.
export { formatDuration } from './duration.js';
export { harmlessText } from './text.js';
export { renderWaterfall } from './waterfall.js';
export type { WaterfallOptions } from './waterfall.js';
