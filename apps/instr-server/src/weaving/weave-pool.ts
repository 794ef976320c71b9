import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { messageOf } from '../errors.js';
import type { Outcome } from '../instrument/outcome.js';
import { ServerProblem } from '../problem.js';
import type { WeaveResult, WeaveTask } from './weave-task.js';

// Beside src and dist alike: a thread runs the built file.
const WORKER = fileURLToPath(new URL('../../dist/weaving/weave-worker.js', import.meta.url));

/** A thread that does not even begin has this long. */
const BOOT_TIMEOUT_MS = 30_000;

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
  readonly #pool: Piscina<WeaveTask, WeaveResult>;
  readonly #waiting: (() => void)[] = [];
  #free: number;
  #killed = 0;

  constructor(options: WeavePoolOptions) {
    this.#options = options;
    this.#free = options.workers;
    this.#pool = new Piscina({
      filename: options.workerFile ?? WORKER,
      // One is there before the first file: a thread takes longer to start than most files to weave.
      minThreads: 1,
      maxThreads: options.workers,
      idleTimeout: 60_000,
      concurrentTasksPerWorker: 1,
      resourceLimits: { maxOldGenerationSizeMb: options.memoryMb },
      // Whatever the server itself was started with must not run in its threads as well.
      execArgv: [],
      env: {},
    });
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
    const started = new Int32Array(new SharedArrayBuffer(4));
    const abort = new AbortController();
    const stop = deadline(started, this.#options.timeoutMs, () => abort.abort());
    try {
      const result = await this.#pool.run({ ...task, started }, { signal: abort.signal });
      return result.status === 'refused' ? { ...result, kind: 'source' } : result;
    } catch (error) {
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
