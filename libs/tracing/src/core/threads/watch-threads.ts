import type { MessageSource } from './thread-context.js';

/** What is heard when threads end. */
export interface ThreadEnds {
  /** The source is one thread, or the port of one, and it has ended. */
  readonly sourceEnded: (exitCode: unknown) => void;
  /** A thread of the pool has ended. */
  readonly threadEnded: (threadId: number, exitCode: unknown) => void;
}

/** What a worker has besides messages. */
interface Thread extends MessageSource {
  readonly threadId: number;
}

/** A pool as Piscina and Tinypool are: it shows its workers, and tells when there is a new one. */
interface Pool extends MessageSource {
  readonly threads: readonly Thread[];
}

/**
 * Tells when the threads behind a source of messages end. A worker and a port say so themselves; of a pool the workers
 * are watched one by one, for what the pool says comes before their last messages. Disposing stops it.
 */
export function watchThreads(source: MessageSource, { sourceEnded, threadEnded }: ThreadEnds): Disposable {
  const stops = new Set<() => void>();
  function listen(to: MessageSource, event: string, listener: (value: unknown) => void): () => void {
    const stop = (): void => {
      to.off?.(event, listener);
      stops.delete(stop);
    };
    to.on(event, listener);
    stops.add(stop);
    return stop;
  }

  if (!isPool(source)) {
    listen(source, 'exit', sourceEnded);
    listen(source, 'close', () => sourceEnded(undefined));
  } else {
    const watched = new WeakSet<object>();
    const watchNew = (): void => {
      for (const thread of source.threads) {
        if (watched.has(thread)) continue;
        watched.add(thread);
        // A worker that has ended knows its id no more.
        const { threadId } = thread;
        const stop = listen(thread, 'exit', (exitCode) => {
          // Pools replace their threads for as long as the process lives.
          stop();
          threadEnded(threadId, exitCode);
        });
      }
    };
    watchNew();
    listen(source, 'workerCreate', watchNew);
  }
  return {
    [Symbol.dispose]() {
      for (const stop of stops) stop();
    },
  };
}

function isPool(source: MessageSource): source is Pool {
  return Array.isArray((source as Partial<Pool>).threads);
}
