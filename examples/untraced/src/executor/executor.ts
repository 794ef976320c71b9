import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { ClientProxy } from '@nestjs/microservices';
import { Piscina } from 'piscina';
import type { Result, Task } from '../messages.js';
import { send } from '../queues.js';
import { splitText } from './split-text.js';
import { summarise, type WordCounts } from './summarise.js';

/** What a worker thread gets. */
export interface ChunkJob {
  readonly chunk: string;
}

/** A message on its way to the broker. */
export interface Sending {
  readonly confirmed: Promise<void>;
}

/** Computes tasks: counts words in worker threads, at least two chunks for every text. */
@Injectable()
export class Executor implements OnApplicationShutdown {
  readonly #pool = new Piscina<ChunkJob, WordCounts>({
    filename: new URL('count-words.worker.js', import.meta.url).href,
    minThreads: 2,
    maxThreads: 4,
  });

  constructor(@Inject('results') private readonly exporters: ClientProxy) {}

  /** Computes a task and sends its result on, without waiting for the broker. */
  async execute(task: Task): Promise<Sending> {
    const jobs = splitText(task.text).map((chunk): ChunkJob => ({ chunk }));
    const counts = await Promise.all(jobs.map((job) => this.count(job)));
    return this.sendResult({ id: task.id, ...summarise(counts) });
  }

  /** In a worker thread. */
  count(job: ChunkJob): Promise<WordCounts> {
    return this.#pool.run(job);
  }

  sendResult(result: Result): Sending {
    return { confirmed: send(this.exporters, 'results', result) };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#pool.close();
  }
}
