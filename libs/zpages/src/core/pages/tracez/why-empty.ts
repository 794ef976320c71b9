import type { AggregationsAnswer } from '../../query.js';
import { durationMs } from '../format.js';

/** What around the aggregator can keep spans away. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether a tracer provider is registered globally. */
  readonly hasProvider: boolean;
}

/** Why the table has no rows, and what to do; undefined when it has. */
export function whyEmpty(
  { rows, totals, self, nowUnixMs }: AggregationsAnswer,
  { env, hasProvider }: Surroundings,
): string | undefined {
  if (rows.length > 0) return undefined;
  if (totals.runningUntracked > 0 || totals.dropped > 0) {
    return 'Spans came, but none could be kept: the account below says why.';
  }
  if (env['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true') {
    return 'OpenTelemetry is switched off: OTEL_SDK_DISABLED is true. Unset it and start again.';
  }
  if (self.processors === 0) {
    return (
      'No span processor hands spans to this page: none was made, or its tracer provider was shut down. Give the ' +
      'provider one when it is made, createTracing({ spanProcessors: [tracezProcessor()] }) for example.'
    );
  }
  const since = `No span has started since this page began to collect, ${durationMs(Math.max(0, nowUnixMs - self.sinceUnixMs))} ago.`;
  if (!hasProvider) {
    return (
      `${since} No OpenTelemetry SDK is registered in this process: make one with ` +
      'new TracerProvider({ spanProcessors: [zpages.processor] }) and register it with trace.setGlobalTracerProvider, ' +
      'or with createTracing({ spanProcessors: [tracezProcessor()] }).'
    );
  }
  const sampler = env['OTEL_TRACES_SAMPLER']?.trim() ?? '';
  if (/always_off|ratio/.test(sampler)) {
    return `${since} OTEL_TRACES_SAMPLER is ${sampler}, and what a sampler does not record never gets here: wrap it with alwaysRecord, or take another.`;
  }
  return (
    `${since} If the process does work: is its code instrumented, does the registered provider have ` +
    'zpages.processor among its spanProcessors, and does its sampler record (alwaysRecord makes it)?'
  );
}
