import { defineInterceptor, func, inFile } from '@distrace/instrumentation';
import { TraceContext } from '@distrace/tracing/core';
import { appMethod, inApp, TASK_BYTES, TOP_WORDS_FLAG, type TaskLike } from './app.js';
import { spanAround } from './span-around.js';

type WordCounts = ReadonlyMap<string, number>;

const TOP_WORDS = 10;

/** The executor computes a task. */
export const executeTask = defineInterceptor({
  name: 'executor-execute',
  match: appMethod('Executor', 'execute'),
  ...spanAround(({ args }) => {
    const trace = TraceContext.current().copy();
    trace.openNestedSpan('Executor span', { attributes: { 'task.id': (args[0] as TaskLike).id } });
    return trace;
  }),
});

/** A chunk goes to a worker thread, and the trace with it. */
export const handOverChunk = defineInterceptor({
  name: 'executor-hand-over',
  match: appMethod('Executor', 'count'),
  onEnter({ args }) {
    TraceContext.current()
      .copy()
      .attachOnObject(args[0] as object);
  },
});

/** A worker thread counts the words of a chunk. */
export const countWords = defineInterceptor({
  name: 'executor-count-words',
  match: inApp.and(inFile('dist/executor/count-words.worker.js')).and(func('countWords')),
  ...spanAround(({ args }) => {
    const trace = TraceContext.getFromObject(args[0]);
    trace.openNestedSpan('count words');
    return trace;
  }),
});

/**
 * Where the client set the flag, the summary gets the most frequent words; and it says how many bytes the client sent,
 * which came with the trace. This is the one interceptor here that changes what the app does.
 */
export const summarise = defineInterceptor({
  name: 'executor-summarise',
  match: inApp.and(func('summarise')),
  replace({ args }, proceed) {
    const summary = proceed() as object;
    const span = TraceContext.current().getCurrentSpan();
    const receivedBytes: unknown = span.getBinaryAnnotation(TASK_BYTES);
    return {
      ...summary,
      ...(span.hasFlag(TOP_WORDS_FLAG) ? { topWords: mostFrequent(args[0] as readonly WordCounts[]) } : {}),
      // It came over the network and may be anything.
      ...(Number.isSafeInteger(receivedBytes) ? { receivedBytes } : {}),
    };
  },
});

function mostFrequent(chunks: readonly WordCounts[]): readonly (readonly [string, number])[] {
  const merged = new Map<string, number>();
  for (const [word, count] of chunks.flatMap((counts) => [...counts])) {
    merged.set(word, (merged.get(word) ?? 0) + count);
  }
  return [...merged].toSorted(([, a], [, b]) => b - a).slice(0, TOP_WORDS);
}
