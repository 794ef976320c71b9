import { SpanAggregator } from './aggregator.js';
import { createPages } from './create-pages.js';
import type { PagesOptions, ZpagesPages } from './create-pages.js';
import type { AggregatorOptions } from './options.js';
import { TracezSpanProcessor } from './tracez-processor.js';
import type { TracezSpanProcessorOptions } from './tracez-processor.js';

/** Everything {@link createZpages} takes; all of it optional. */
export interface ZpagesOptions
  extends AggregatorOptions, TracezSpanProcessorOptions, Omit<PagesOptions, 'apiSamples'> {
  /** A processor that exists already; its aggregator is shown, and the options for counting are not used. */
  readonly processor?: TracezSpanProcessor;
}

/** zPages of a process. */
export interface Zpages extends ZpagesPages {
  /** For `new TracerProvider({ spanProcessors: [zpages.processor] })`. */
  readonly processor: TracezSpanProcessor;
}

/**
 * The spans of this process on its own web page.
 *
 * @example
 * const zpages = createZpages();
 * new TracerProvider({ spanProcessors: [zpages.processor] });
 * const { url, close } = await zpages.listen({ port: 9464 });
 *
 * @throws ZpagesError for an option that breaks its rule.
 */
export function createZpages(options: ZpagesOptions = {}): Zpages {
  const { includeUnsampled } = options;
  const processor =
    options.processor ??
    new TracezSpanProcessor(new SpanAggregator(aggregatorOptions(options)), { includeUnsampled });
  const apiSamples = options.samplesPerBucket ?? 5;
  return { processor, ...createPages(processor.aggregator, { ...options, apiSamples }) };
}

function aggregatorOptions(options: ZpagesOptions): AggregatorOptions {
  const {
    processor: _processor,
    includeUnsampled: _includeUnsampled,
    path: _path,
    serviceName: _serviceName,
    traceUrl: _traceUrl,
    authorize: _authorize,
    allowedHosts: _allowedHosts,
    maxAnswerBytes: _maxAnswerBytes,
    pages: _pages,
    ...counting
  } = options;
  return counting;
}
