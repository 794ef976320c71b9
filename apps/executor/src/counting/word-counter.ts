import { availableParallelism } from 'node:os';
import { receiveThreadSpans, type TraceContext } from '@distrace/tracing/core';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Piscina } from 'piscina';
import type { ChunkTask } from './chunk-task.js';
import type { WordCounts } from './count-words.js';
import { mergeCounts, type Summary } from './merge-counts.js';
import { splitText } from './split-text.js';

// The built file, also when this one runs from src: a worker thread has no test runner to compile it.
const WORKER = new URL('../../dist/counting/count-words.worker.js', import.meta.url);

/** Counts words in a pool of worker threads, at least two chunks for every text. */
@Injectable()
export class WordCounter implements OnApplicationShutdown {
  readonly #pool = new Piscina<ChunkTask, WordCounts>({
    filename: WORKER.href,
    minThreads: 2,
    maxThreads: Math.max(2, availableParallelism()),
    // A thread that sleeps in Atomics.wait could not handle what else comes in over its port.
    atomics: 'disabled',
  });
  readonly #spans = receiveThreadSpans(this.#pool);

  /** Counts a text; the spans of the threads become children of the current span of `trace`. */
  async count(
    text: string,
    trace: TraceContext,
    options: { readonly topWords?: boolean } = {},
  ): Promise<Summary> {
    const chunks = splitText(text).map((chunk) => {
      const task: ChunkTask = { chunk };
      trace.attachOnObject(task);
      return this.#pool.run(task);
    });
    return mergeCounts(await Promise.all(chunks), options);
  }

  /** After the drain: nothing is in flight any more. */
  async onApplicationShutdown(): Promise<void> {
    await this.#pool.destroy();
    this.#spans[Symbol.dispose]();
  }
}
