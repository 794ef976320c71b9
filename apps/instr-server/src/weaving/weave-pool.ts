import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { messageOf } from '@distrace/nest-server';
import type { Outcome } from '../instrument/outcome.js';
import { ServerProblem } from '../problem.js';
import type { WeaveResult, WeaveTask } from './weave-task.js';

// Beside src and dist alike: a thread runs the built file.
const WORKER = fileURLToPath(new URL('../../dist/weaving/weave-worker.js', import.meta.url));

/** A thread that does not even begin has this long. */
const BOOT_TIMEOUT_MS = 15_000;

/** Options of {@link WeavePool}. */
export interface WeavePoolOptions {
  readonly workers: number;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly maxQueued: number;
  /** Default: the built worker. */
  readonly workerFile?: string;
}

/** Threads that weave. One that takes too long or too much memory is ended, and its file refused. */
export class WeavePool {
  readonly #options: WeavePoolOptions;
  #pool: Piscina<WeaveTask, WeaveResult>;
  /** Threads could not start: Piscina starts no more of them then. */
  #isBroken = false;
  readonly #waiting: (() => void)[] = [];
  #free: number;
  #killed = 0;

  constructor(options: WeavePoolOptions) {
    this.#options = options;
    this.#free = options.workers;
    this.#pool = this.#open();
  }

  /** Threads that were ended because of time or memory. */
  get killed(): number {
    return this.#killed;
  }

  /** Files that wait. */
  get queued(): number {
    return this.#waiting.length;
  }

  /** Whether the next file that has to wait would be refused. */
  get isFull(): boolean {
    return this.#waiting.length >= this.#options.maxQueued;
  }

  /** Weaves; a result for whatever the source is. @throws ServerProblem 503 when too many wait. */
  async weave(task: Omit<WeaveTask, 'started'>): Promise<Outcome> {
    await this.#enter();
    if (this.#isBroken) this.#replace();
    const started = new Int32Array(new SharedArrayBuffer(4));
    const abort = new AbortController();
    const stop = deadline(started, this.#options.timeoutMs, () => abort.abort());
    try {
      const result = await this.#pool.run({ ...task, started }, { signal: abort.signal });
      return result.status === 'refused' ? { ...result, kind: 'source' } : result;
    } catch (error) {
      // Not the file's fault, so nothing is remembered of it.
      if (Atomics.load(started, 0) === 0) throw this.#neverBegan(error);
      this.#killed += 1;
      return { status: 'refused', kind: 'limit', reason: this.#reasonOf(error, abort.signal.aborted) };
    } finally {
      stop();
      this.#leave();
    }
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  #open(): Piscina<WeaveTask, WeaveResult> {
    const { workers, workerFile = WORKER, memoryMb } = this.#options;
    const pool = new Piscina<WeaveTask, WeaveResult>({
      filename: workerFile,
      // One is there before the first file: a thread takes longer to start than most files to weave.
      minThreads: 1,
      maxThreads: workers,
      idleTimeout: 60_000,
      concurrentTasksPerWorker: 1,
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
      // Whatever the server itself was started with must not run in its threads as well.
      execArgv: [],
      env: {},
    });
    // A thread that ends while it has no file. Without a listener it would end the server.
    pool.on('error', () => {
      if (pool === this.#pool) this.#isBroken = true;
    });
    return pool;
  }

  #replace(): void {
    const broken = this.#pool;
    this.#isBroken = false;
    this.#pool = this.#open();
    // What other threads of it are at may come to its end.
    void broken.close().catch(() => undefined);
  }

  #neverBegan(cause: unknown): ServerProblem {
    this.#isBroken = true;
    return new ServerProblem(
      503,
      'DT_ERR_SERVER_BUSY',
      `A file must get a thread, but none could start: ${messageOf(cause)}. Ask again later.`,
      { cause, headers: { 'Retry-After': '5' } },
    );
  }

  #reasonOf(error: unknown, isTimeout: boolean): string {
    const { timeoutMs, memoryMb } = this.#options;
    if (isTimeout) return `weaving takes at most ${timeoutMs} ms, this took longer`;
    if ((error as { code?: unknown }).code === 'ERR_WORKER_OUT_OF_MEMORY') {
      return `weaving takes at most ${memoryMb} MiB, this took more`;
    }
    return `the weaver failed: ${messageOf(error)}`;
  }

  // Not piscina's own queue: the time of a task must begin when a thread has it.
  async #enter(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    if (this.isFull) {
      throw new ServerProblem(
        503,
        'DT_ERR_SERVER_BUSY',
        `At most ${this.#options.maxQueued} files may wait to be woven, got one more. Ask again later.`,
        { headers: { 'Retry-After': '1' } },
      );
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free += 1;
  }
}

function deadline(started: Int32Array, timeoutMs: number, end: () => void): () => void {
  let timer = setTimeout(end, BOOT_TIMEOUT_MS);
  let isOver = false;
  const { async, value } = Atomics.waitAsync(started, 0, 0);
  const restart = () => {
    if (isOver) return;
    clearTimeout(timer);
    timer = setTimeout(end, timeoutMs);
  };
  if (async) void value.then(restart);
  else restart();
  return () => {
    isOver = true;
    clearTimeout(timer);
    // Whoever still waits for a thread that never began must not wait for ever.
    Atomics.store(started, 0, 1);
    Atomics.notify(started, 0);
  };
}
