import { Inject, Injectable, Logger, Optional, type BeforeApplicationShutdown } from '@nestjs/common';

/** Something that takes messages and can be told to take no more. */
export interface Consumer {
  /** Resolves when no further message will come, and those that came are counted in. Must not reject. */
  stopConsuming(): Promise<void>;
}

/** Options of {@link Drain}. */
export interface DrainOptions {
  /** Milliseconds to wait at shutdown for the consumers to stop and for messages in flight. Default 10000. */
  readonly deadlineMs?: number;
}

/** Injection token of {@link DrainOptions}. */
export const DRAIN_OPTIONS = Symbol('DRAIN_OPTIONS');

/**
 * Lets a service finish what it has begun. Nest closes the channel at once, so a handler that still runs could
 * not acknowledge and its work would be done again elsewhere.
 */
@Injectable()
export class Drain implements BeforeApplicationShutdown {
  readonly #logger = new Logger('Drain');
  readonly #consumers: Consumer[] = [];
  readonly #stopping = new AbortController();
  readonly #deadlineMs: number;
  #inFlight = 0;
  #idle: (() => void) | undefined;

  constructor(@Optional() @Inject(DRAIN_OPTIONS) { deadlineMs = 10_000 }: DrainOptions = {}) {
    this.#deadlineMs = deadlineMs;
  }

  /** Messages delivered and neither acknowledged nor refused yet. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Aborted once shutdown begins; whoever waits on purpose stops waiting then. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Registers a consumer to be stopped at shutdown. */
  add(consumer: Consumer): void {
    this.#consumers.push(consumer);
  }

  /** Counts one message in; the returned function counts it out, once. */
  enter(): () => void {
    this.#inFlight += 1;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#inFlight -= 1;
      if (this.#inFlight === 0) this.#idle?.();
    };
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping.abort();
    await this.#withinDeadline(this.#finish());
    if (this.#inFlight > 0) {
      this.#logger.warn(
        `${this.#inFlight} messages still in flight after ${this.#deadlineMs} ms; the broker will deliver them again`,
      );
    }
  }

  #withinDeadline(finished: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#deadlineMs);
      void finished.finally(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  async #finish(): Promise<void> {
    await Promise.all(this.#consumers.map((consumer) => consumer.stopConsuming()));
    if (this.#inFlight === 0) return;
    await new Promise<void>((resolve) => {
      this.#idle = resolve;
    });
  }
}
