import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { linkDependencies, summarise, type DependencyLink, type TraceSummary } from '@distrace/zipkin';
import { Slicer, type SliceOptions } from '../in-slices.js';
import type { StoredTrace } from '../store/stored-trace.js';
import { spansOf } from './trace-text.js';

/** Up to here it takes less than a worker takes to start: about 50 ms. */
const WORKER_FROM_SPANS = 5000;
const TEXTS_AT_ONCE = 1000;

/** What can be asked of a trace. */
export interface TraceAnswers {
  readonly links: readonly DependencyLink[];
  readonly summary: TraceSummary;
}

/** One at a time: each has all spans of its trace in memory. */
let last: Promise<unknown> = Promise.resolve();

/** Asks something of all spans of a trace, at once or, when there are many, in another thread. */
export function analyseTrace<K extends keyof TraceAnswers>(
  trace: StoredTrace,
  what: K,
  options: SliceOptions = {},
): Promise<TraceAnswers[K]> | TraceAnswers[K] {
  if (trace.spanCount < WORKER_FROM_SPANS) {
    const spans = spansOf(trace);
    return (what === 'links' ? linkDependencies([spans]) : summarise(spans)) as TraceAnswers[K];
  }
  const answer = last.then(() => askWorker(trace, what, options));
  last = answer.catch(() => undefined);
  return answer as Promise<TraceAnswers[K]>;
}

async function askWorker(
  trace: StoredTrace,
  what: keyof TraceAnswers,
  options: SliceOptions,
): Promise<unknown> {
  // The tests run the sources.
  const file = new URL(
    import.meta.url.endsWith('.ts') ? 'trace-worker.ts' : 'trace-worker.js',
    import.meta.url,
  );
  const worker = new Worker(file, { workerData: what });
  worker.unref();
  const answer = once(worker, 'message') as Promise<[unknown]>;
  answer.catch(() => undefined);
  const slicer = new Slicer(options);
  let texts: string[] = [];
  for (const text of trace.texts()) {
    if (texts.push(text) < TEXTS_AT_ONCE) continue;
    worker.postMessage(texts);
    texts = [];
    if (slicer.isOver) await slicer.pause();
  }
  worker.postMessage(texts);
  worker.postMessage('all');
  return (await answer)[0];
}
