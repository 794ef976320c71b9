import { TraceContext, connectThreadTracing } from '@distrace/tracing/core';
import { config } from '../config.js';
import type { ChunkTask } from './chunk-task.js';
import { countWords, type WordCounts } from './count-words.js';

connectThreadTracing({ stackTraces: config.stackTraces, recordUnsampled: true });

/** Runs in a worker thread, once per chunk. */
export default function countChunk(task: ChunkTask): WordCounts {
  const trace = TraceContext.getFromObject(task);
  trace.openNestedSpan('count words');
  try {
    const counts = countWords(task.chunk);
    trace.closeCurrentSpan();
    return counts;
  } catch (error) {
    trace.closeCurrentSpan({ error });
    throw error;
  }
}
