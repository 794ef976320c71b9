import type { DiagLogger } from '@opentelemetry/api';

/** Counts lost spans and says so once: again only after exports have worked without a loss in between. */
export class DropReporter {
  readonly #log: Pick<DiagLogger, 'warn'>;
  readonly #onDrop: ((count: number) => void) | undefined;
  #total = 0;
  #sinceSuccess = 0;
  #unreported = 0;
  #isReported = false;
  #isUnwritableReported = false;

  constructor(log: Pick<DiagLogger, 'warn'>, onDrop?: (count: number) => void) {
    this.#log = log;
    this.#onDrop = onDrop;
  }

  /** Spans lost so far. */
  get total(): number {
    return this.#total;
  }

  dropped(count: number, reason: string): void {
    this.#total += count;
    this.#sinceSuccess += count;
    this.#unreported += count;
    safely(() => this.#onDrop?.(count));
    if (this.#isReported) return;
    this.#isReported = true;
    safely(() =>
      this.#log.warn(
        `distrace: spans are being lost: ${reason.slice(0, MAX_REASON)}. Further losses are counted and reported when exports work again.`,
      ),
    );
  }

  /** At the end of a process, where that was to be expected: the app's last lines are its own. */
  droppedAtEnd(count: number): void {
    this.#total += count;
    safely(() => this.#onDrop?.(count));
  }

  /** Spans that no exporter could write: a fault of their own that exports which work do not end, so said once. */
  unwritable(count: number, reason: string): void {
    this.#total += count;
    safely(() => this.#onDrop?.(count));
    if (this.#isUnwritableReported) return;
    this.#isUnwritableReported = true;
    safely(() =>
      this.#log.warn(
        `distrace: a span is lost: ${reason.slice(0, MAX_REASON)}. Further ones are only counted.`,
      ),
    );
  }

  /** A batch went through. A slow exporter that loses spans between two good batches does not work yet. */
  worked(): void {
    const isWell = this.#sinceSuccess === 0;
    this.#sinceSuccess = 0;
    if (!isWell || !this.#isReported) return;
    this.#isReported = false;
    const lost = this.#unreported;
    this.#unreported = 0;
    // As loud as what it ends: whoever read that spans are being lost was promised a count.
    safely(() => this.#log.warn(`distrace: exports work again; ${lost} spans were lost.`));
  }
}

const MAX_REASON = 500;

/** The app's logger and callback may throw; spans end in the middle of its work. */
function safely(call: () => void): void {
  try {
    call();
  } catch {
    // Nobody is left to tell.
  }
}
