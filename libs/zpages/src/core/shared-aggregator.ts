import { SpanAggregator } from './aggregator.js';
import { TracezSpanProcessor } from './tracez-processor.js';

// A registered symbol, so that two copies of this package in one process show the same spans.
const KEY = Symbol.for('distrace.zpages.aggregator');

/** The aggregator of this process, made when it is first asked for, with the defaults. */
export function sharedAggregator(): SpanAggregator {
  const holder = globalThis as { [KEY]?: SpanAggregator };
  return (holder[KEY] ??= new SpanAggregator());
}

/**
 * A new processor for the aggregator of this process, which `ZpagesModule` shows when it is given no processor:
 * `createTracing({ spanProcessors: [tracezProcessor()] })`. For other limits make
 * `new TracezSpanProcessor(new SpanAggregator({ … }))` and give it to both.
 */
export function tracezProcessor(): TracezSpanProcessor {
  return new TracezSpanProcessor(sharedAggregator());
}
