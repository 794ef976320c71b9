import { ProxyTracerProvider, trace } from '@opentelemetry/api';
import { nextTurn } from '../../http/in-slices.js';
import type { ZpagesCore } from '../../query.js';
import type { ZPage } from '../page.js';
import { apiContent } from './api-content.js';
import { ask } from './ask.js';
import type { TraceUrl } from './links.js';
import { namesContent, namesData } from './names-content.js';
import { parseView } from './parameters.js';
import { rowContent, rowData } from './row-content.js';
import { traceContent } from './trace-content.js';
import type { Surroundings } from './why-empty.js';

/** What {@link tracezPage} needs. */
export interface TracezPageOptions {
  readonly core: ZpagesCore;
  readonly traceUrl?: TraceUrl;
  /** The most spans in a list of the specification's API. Default 5. */
  readonly apiSamples?: number;
  /** Default: those of this process. */
  readonly surroundings?: () => Surroundings;
}

/** The page /tracez: all names, one row, one trace; and the specification's paths below `/tracez/api`. */
export function tracezPage({
  core,
  traceUrl,
  apiSamples = 5,
  surroundings = ofProcess,
}: TracezPageOptions): ZPage {
  let bounds: readonly number[] | undefined;
  // They never change, and a page about one name should not pay for the rows of all.
  const boundsNanos = () => (bounds ??= ask(core, { kind: 'aggregations' }).boundsNanos);
  return {
    path: 'tracez',
    title: 'tracez',
    description: 'Spans by name: running now, ended by latency, errors; samples, stuck spans, whole traces.',
    async render(request) {
      if (bounds === undefined) {
        boundsNanos();
        // That was a whole answer; the one that was asked for may take its own time.
        await nextTurn();
      }
      if (request.rest !== '' && request.rest !== '/')
        return apiContent(core, request, { bucketCount: boundsNanos().length, limit: apiSamples });
      const view = parseView(request.parameters, boundsNanos().length);
      if (view.view === 'names')
        return namesContent(await namesData(core, view, request, surroundings()), request);
      if (view.view === 'trace') return traceContent(core, view.traceId, request, traceUrl);
      return rowContent(await rowData(core, view, request, boundsNanos()), request, traceUrl);
    },
  };
}

const NO_PROVIDER = new ProxyTracerProvider().getDelegate();

function ofProcess(): Surroundings {
  const provider = trace.getTracerProvider();
  const delegate = provider instanceof ProxyTracerProvider ? provider.getDelegate() : provider;
  return { env: process.env, hasProvider: delegate !== NO_PROVIDER };
}
