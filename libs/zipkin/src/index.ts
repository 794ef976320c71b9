// The span model: Zipkin's v2, normalised.
export type { Annotation, Endpoint, Kind, Span } from './span.js';

// Writing spans as text.
export { encodeV1 } from './encode-v1.js';
export { encodeEndpointV2, encodeSpanV2, encodeTextV2, encodeV2 } from './encode-v2.js';

// From a heap of spans to a trace.
export { mergeSpans } from './merge.js';
export { buildTraceTree, walkTraceTree } from './tree.js';
export type { TraceNode, TraceTree } from './tree.js';

// A trace for people.
export { formatDuration } from './duration.js';
export { harmlessText } from './text.js';
export { renderWaterfall } from './waterfall.js';
export type { WaterfallOptions } from './waterfall.js';
