/** Counting: a processor for OpenTelemetry's SDK, and the aggregator that it hands spans to. */
export { TracezSpanProcessor } from './tracez-processor.js';
export type { TracezSpanProcessorOptions } from './tracez-processor.js';
export { SpanAggregator } from './aggregator.js';
export type { AggregatorOptions } from './options.js';
export { DEFAULT_BOUNDS_NANOS } from './latency-scale.js';
export { tracezProcessor } from './shared-aggregator.js';
export { ZpagesError } from './errors.js';

/** Seeing every span although few are exported. */
export { alwaysRecord } from './always-record.js';

/** The attributes that the RabbitMQ columns are read from, beside OpenTelemetry's own. */
export { ATTR_DELIVERY_COUNT, ATTR_LAG_MS, ATTR_REDELIVERED } from './messaging.js';

/** Queries and their answers: plain data. */
export type {
  AggregationsAnswer,
  AggregationsQuery,
  ErrorAnswer,
  ErrorGroup,
  ErrorQuery,
  LatencyAnswer,
  LatencyQuery,
  MessagingColumns,
  Percentiles,
  QueryError,
  QueryResult,
  Row,
  RowRef,
  RunningAnswer,
  RunningQuery,
  SelfAccount,
  StuckSpans,
  Totals,
  TraceAnswer,
  TraceQuery,
  TraceSpan,
  ZpagesAnswers,
  ZpagesCore,
  ZpagesQuery,
} from './query.js';
export type {
  EndedSpan,
  PlainAttribute,
  PlainEvent,
  PlainLink,
  PlainSpan,
  PlainValue,
  RunningSpan,
  StuckSpan,
  SpanKindName,
  StatusName,
} from './span-data.js';

/** The pages: two lines to use them, or over anything that answers queries. */
export { createZpages } from './create-zpages.js';
export type { Zpages, ZpagesOptions } from './create-zpages.js';
export { createPages } from './create-pages.js';
export type { PagesOptions, ZpagesPages } from './create-pages.js';
export type { Access, Authorize } from './http/gate.js';
export type { ZpagesHandler } from './http/handler.js';
export type { ListeningPages, ListenOptions } from './http/listen.js';

/** Keeping requests for pages out of the application's own traces. */
export { isZpagesRequest } from './http/untraced.js';

/** A page of your own. */
export type { PageContent, PageRequest, ZPage } from './pages/page.js';
export { markup } from './pages/markup.js';
export type { Inserted, Markup } from './pages/markup.js';
export { ZpagesProblem } from './http/problem.js';
export type { ProblemCode } from './http/problem.js';
